# Keeps the stages warm in the shop's hours. Off unless shop_hours is set.

resource "google_service_account" "scheduler" {
  count = var.shop_hours == null ? 0 : 1

  account_id   = "${var.prefix}scheduler"
  display_name = "Cutline: shop hours"
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  count = var.shop_hours == null ? 0 : 1

  name     = google_cloud_run_v2_service.function["warmup"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.scheduler[0].email}"
}

resource "google_cloud_scheduler_job" "shop_hours" {
  count = var.shop_hours == null ? 0 : 1

  name        = "${var.prefix}shop-hours"
  description = "Warms the stages, so that they stay warm while the shop is open."
  region      = var.region
  schedule    = var.shop_hours.schedule
  time_zone   = var.shop_hours.time_zone
  # Longer than a warm-up may take.
  attempt_deadline = "300s"

  retry_config {
    retry_count = 1
  }

  http_target {
    http_method = "POST"
    uri         = "${google_cloud_run_v2_service.function["warmup"].uri}/"
    body        = base64encode("{}")
    headers     = { "Content-Type" = "application/json" }

    oidc_token {
      service_account_email = google_service_account.scheduler[0].email
      audience              = google_cloud_run_v2_service.function["warmup"].uri
    }
  }
}
