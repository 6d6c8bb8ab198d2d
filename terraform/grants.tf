# Who may do what, each on the one thing it needs it for. Only *_iam_member: grants that somebody else made are left alone.

locals {
  accounts = merge(
    { for name, account in google_service_account.function : name => "serviceAccount:${account.email}" },
    { for name, service in module.stage : name => service.account },
  )

  # As the code publishes: the stages that may follow, and the ends of a job. A test compares it with the pipeline.
  publishes = merge(
    {
      ingest     = ["upscale", "segment", "failed"]
      storefront = ["segment", "warmup"]
    },
    {
      split = {
        upscale = ["segment", "failed"]
        segment = ["effects", "completed", "failed"]
        effects = ["completed", "failed"]
      }
      fused = { fused = ["completed", "failed"] }
    }[var.topology],
  )

  publishers = merge([
    for account, topics in local.publishes : { for topic in topics : "${account}-${topic}" => { account = account, topic = topic } }
  ]...)

  secret_ids = { for name in keys(var.secrets) : name => "${var.prefix}${lower(replace(name, "_", "-"))}" }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers

  topic  = google_pubsub_topic.this[each.value.topic].name
  role   = "roles/pubsub.publisher"
  member = local.accounts[each.value.account]
}

# Listing belongs to reading: without it a missing object is "forbidden" instead of "not found".
resource "google_storage_bucket_iam_member" "uploads_reader" {
  for_each = setunion(["ingest"], keys(local.services))

  bucket = google_storage_bucket.uploads.name
  role   = "roles/storage.objectViewer"
  member = local.accounts[each.key]
}

# Puts photos there, signs for those who do, and deletes them with their job.
resource "google_storage_bucket_iam_member" "uploads_writer" {
  bucket = google_storage_bucket.uploads.name
  role   = "roles/storage.objectUser"
  member = local.accounts["storefront"]
}

# To replace an object is to delete the old one; and what was written of a job that is deleted meanwhile is taken back.
resource "google_storage_bucket_iam_member" "results_writer" {
  for_each = setunion(["ingest", "storefront"], keys(local.services))

  bucket = google_storage_bucket.results.name
  role   = "roles/storage.objectUser"
  member = local.accounts[each.key]
}

resource "google_storage_bucket_iam_member" "warmup" {
  bucket = google_storage_bucket.results.name
  role   = "roles/storage.objectUser"
  member = local.accounts["warmup"]

  condition {
    title      = "what warm-ups measured"
    expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.results.name}/objects/ops/warm/\")"
  }
}

# Signed URLs without a key: IAM signs for the account, on its own word.
resource "google_service_account_iam_member" "storefront_signs" {
  service_account_id = google_service_account.function["storefront"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.accounts["storefront"]
}

resource "google_secret_manager_secret_iam_member" "storefront" {
  for_each = local.secret_ids

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = local.accounts["storefront"]
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.functions

  name     = google_cloud_run_v2_service.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.push.email}"
}

# The only public one: its own keys and tokens decide who may do what.
resource "google_cloud_run_v2_service_iam_member" "public" {
  count = var.is_sharing_restricted ? 0 : 1

  name     = google_cloud_run_v2_service.function["storefront"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}
