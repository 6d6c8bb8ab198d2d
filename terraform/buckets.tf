# Where photos come in, and where records and results go. Both are private: browsers come with signed URLs.

resource "google_storage_bucket" "uploads" {
  name                        = local.uploads_bucket
  location                    = var.region
  force_destroy               = var.force_destroy
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  # What a customer has deleted is gone.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  versioning {
    enabled = false
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.days.uploads
    }
  }

  cors {
    origin = concat([local.storefront_url], var.allowed_origins)
    method = ["PUT"]
    # All that a signed upload sends; a browser asks for each by its name before it sends it.
    response_header = concat(
      ["content-type", "x-goog-content-length-range", "x-goog-if-generation-match"],
      [for option in local.upload_options : "x-goog-meta-cutline-${option}"],
    )
    max_age_seconds = 3600
  }
}

locals {
  upload_options = [
    "denoise", "effect-options", "effects", "max-dimension", "model", "print", "reference", "reference-encoded", "refine",
    "scale", "smoothing", "upscaler",
  ]

  # By what their names begin with: an order's pictures live for a year, all else goes after a month.
  lifetimes = {
    "jobs/"    = var.days.jobs
    "cache/"   = var.days.jobs
    "batches/" = var.days.jobs
    "kept/"    = var.days.kept
  }
}

resource "google_storage_bucket" "results" {
  name                        = local.results_bucket
  location                    = var.region
  force_destroy               = var.force_destroy
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  versioning {
    enabled = false
  }

  dynamic "lifecycle_rule" {
    for_each = local.lifetimes

    content {
      action {
        type = "Delete"
      }
      condition {
        age            = lifecycle_rule.value
        matches_prefix = [lifecycle_rule.key]
      }
    }
  }

  # A canvas may not be read back without it, and fetch() gets nothing.
  cors {
    origin          = concat([local.storefront_url], var.allowed_origins)
    method          = ["GET", "HEAD"]
    response_header = ["content-disposition", "content-length", "content-type", "etag"]
    max_age_seconds = 3600
  }
}

resource "google_storage_notification" "uploads" {
  bucket             = google_storage_bucket.uploads.name
  topic              = google_pubsub_topic.this["uploads"].id
  payload_format     = "JSON_API_V1"
  event_types        = ["OBJECT_FINALIZE"]
  object_name_prefix = local.uploads_prefix

  depends_on = [google_pubsub_topic_iam_member.storage_agent]
}

resource "google_pubsub_topic_iam_member" "storage_agent" {
  topic  = google_pubsub_topic.this["uploads"].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${data.google_storage_project_service_account.this.email_address}"
}
