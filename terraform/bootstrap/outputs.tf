output "images" {
  description = "Where images are pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

output "state_bucket" {
  description = "Where Terraform's state lies."
  value       = google_storage_bucket.state.name
}

output "build_account" {
  description = "The account for gcloud builds submit --service-account."
  value       = google_service_account.build.name
}

output "next_commands" {
  description = "What to do now."
  value       = <<-END
    # Pub/Sub's own account, which a new project does not have yet
    gcloud beta services identity create --service pubsub.googleapis.com --project ${var.project}
    # The one secret that there must be; the others are in the README
    openssl rand -hex 32 | tr -d '\n' | gcloud secrets versions add ${var.prefix}token-secret --project ${var.project} --data-file=-
    # Tests, images, deployment
    gcloud builds submit --project ${var.project} --region ${var.region} --service-account ${google_service_account.build.name} --substitutions _REGION=${var.region},_PREFIX=${var.prefix},_STATE_BUCKET=${google_storage_bucket.state.name}
  END
}
