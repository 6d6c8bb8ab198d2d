output "storefront_url" {
  description = "Where callers and browsers go."
  value       = local.storefront_url
}

output "docs_url" {
  description = "The API, described and to be tried."
  value       = "${local.storefront_url}/docs"
}

output "stage_urls" {
  description = "The private services of the stages; a call needs an ID token of an account that has roles/run.invoker there."
  value       = { for name, service in module.stage : name => service.url }
}

output "warmup_url" {
  description = "The private service that warms all stages and answers when they are ready."
  value       = google_cloud_run_v2_service.function["warmup"].uri
}

output "uploads_bucket" {
  description = "Where photos come in, below uploads/."
  value       = google_storage_bucket.uploads.name
}

output "results_bucket" {
  description = "Records and results."
  value       = google_storage_bucket.results.name
}

output "gpu_quota" {
  description = "L4 GPUs without zonal redundancy that the region's quota must hold: all instances at their most, and one more of each stage while a new revision takes over."
  value       = sum([for service in module.stage : service.gpus > 0 ? service.gpus + 1 : 0])
}

output "load_balancer_address" {
  description = "What the domain's A record must point to; null without a domain."
  value       = one(google_compute_global_address.storefront[*].address)
}

output "dashboard_url" {
  description = "The charts."
  value       = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project}"
}

output "next_commands" {
  description = "What to do now."
  value       = <<-END
    # Does it answer?
    npm run smoke -- --url ${local.storefront_url}
    # A photo, straight into the bucket, and what came of it
    gcloud storage cp my-dog.jpg gs://${google_storage_bucket.uploads.name}/${local.uploads_prefix}
    gcloud storage ls --recursive gs://${google_storage_bucket.results.name}/jobs/
    # What it says
    gcloud logging read 'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^${var.prefix}"' --project ${var.project} --freshness 10m --format 'value(timestamp, resource.labels.service_name, jsonPayload.message)'
  END
}
