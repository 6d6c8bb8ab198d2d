# What must be there before the first build, applied once by hand: services of Google, a place for images, one for
# Terraform's state, places for secrets, and the account that builds and deploys.

locals {
  services = [
    "artifactregistry", "cloudbuild", "cloudresourcemanager", "cloudscheduler", "compute", "dns", "iam", "iamcredentials",
    "logging", "monitoring", "pubsub", "run", "secretmanager", "serviceusage", "storage",
  ]
  secrets = ["operator-keys", "redis-url", "shopify-secret", "shopify-shops", "tenants", "token-secret", "webhooks"]
}

resource "google_project_service" "this" {
  for_each = toset(local.services)

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_artifact_registry_repository" "images" {
  repository_id = trimsuffix(var.prefix, "-")
  location      = var.region
  format        = "DOCKER"
  description   = "Cutline's images."

  cleanup_policies {
    id     = "keep-the-last"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.kept_images
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket" "state" {
  name                        = coalesce(var.state_bucket, "${var.project}-${var.prefix}terraform")
  location                    = var.region
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  # A state that was spoilt can be taken back.
  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 20
    }
  }

  depends_on = [google_project_service.this]
}

# Empty: values are added by gcloud, and never pass through Terraform.
resource "google_secret_manager_secret" "this" {
  for_each = toset(local.secrets)

  secret_id = "${var.prefix}${each.key}"

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}
