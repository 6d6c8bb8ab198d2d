# What all files here refer to: names, service agents, the variables that every service gets.

data "google_project" "this" {
  project_id = var.project
}

data "google_storage_project_service_account" "this" {
  project = var.project
}

locals {
  number       = data.google_project.this.number
  pubsub_agent = "serviceAccount:service-${local.number}@gcp-sa-pubsub.iam.gserviceaccount.com"

  uploads_bucket = coalesce(var.uploads_bucket, "${var.project}-${var.prefix}uploads")
  results_bucket = coalesce(var.results_bucket, "${var.project}-${var.prefix}results")
  # Objects elsewhere in the uploads bucket are no photos of ours.
  uploads_prefix = "uploads/"

  env = merge(var.settings, {
    GOOGLE_CLOUD_PROJECT = var.project
    UPLOADS_BUCKET       = local.uploads_bucket
    RESULTS_BUCKET       = local.results_bucket
    UPLOADS_PREFIX       = local.uploads_prefix
    TOPIC_PREFIX         = var.prefix
  })

  # Cloud Run's own name for it, known before it is there; the buckets let its page in.
  storefront_url = var.domain == null ? "https://${var.prefix}storefront-${local.number}.${var.region}.run.app" : "https://${var.domain}"
}
