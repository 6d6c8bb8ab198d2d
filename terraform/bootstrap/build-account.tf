# The account that builds images and applies Terraform. It makes services, buckets, topics and accounts, so it is nearly as
# mighty as an editor; it may not give roles on the project.

locals {
  build_roles = concat(
    [
      "roles/cloudscheduler.admin", "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser", "roles/logging.configWriter",
      "roles/logging.logWriter", "roles/monitoring.editor", "roles/pubsub.admin", "roles/run.admin", "roles/storage.admin",
    ],
    var.with_load_balancer ? ["roles/compute.loadBalancerAdmin", "roles/compute.securityAdmin"] : [],
    var.with_network ? ["roles/compute.networkAdmin", "roles/dns.admin"] : [],
  )
}

resource "google_service_account" "build" {
  account_id   = "${var.prefix}build"
  display_name = "Cutline: builds and deploys"

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "build" {
  for_each = toset(local.build_roles)

  project = var.project
  role    = each.key
  member  = "serviceAccount:${google_service_account.build.email}"
}

resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${google_service_account.build.email}"
}

# To let the storefront read them.
resource "google_secret_manager_secret_iam_member" "build" {
  for_each = google_secret_manager_secret.this

  secret_id = each.value.secret_id
  role      = "roles/secretmanager.admin"
  member    = "serviceAccount:${google_service_account.build.email}"
}
