# A private service for one stage, or for several in the fused topology, as its own service account.

locals {
  # Its code is the first stage's function: STAGES says what it serves.
  function = contains(var.stages, "segment") ? "segment" : var.stages[0]

  env = merge(
    {
      FUNCTION_SOURCE = "functions/${local.function}/index.ts"
      FUNCTION_TARGET = local.function
      STAGES          = join(",", var.stages)
      # One name is strict: an instance whose GPU does not work does not start, instead of working ten times slower.
      DEVICE      = var.gpu ? "cuda" : "cpu"
      WORK_SLOTS  = tostring(var.work_slots)
      QUEUE_LIMIT = tostring(var.concurrency - var.work_slots)
      # Before the platform ends the process in the middle of its work.
      MEMORY_LIMIT_MB = tostring(floor(var.memory_gib * 1024 * 0.9))
    },
    var.env,
  )
}

resource "google_service_account" "stage" {
  account_id   = "${var.prefix}${var.name}"
  display_name = "Cutline: ${var.name}"
}

resource "google_cloud_run_v2_service" "stage" {
  name     = "${var.prefix}${var.name}"
  location = var.region
  ingress  = var.is_internal ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"

  # Nothing is kept in a service.
  deletion_protection = false

  template {
    service_account                  = google_service_account.stage.email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = var.concurrency
    timeout                          = "${var.timeout_seconds}s"
    # Redundancy costs more, and needs a quota of its own.
    gpu_zonal_redundancy_disabled = var.gpu ? true : null

    scaling {
      min_instance_count = 0
      max_instance_count = var.max_instances
    }

    dynamic "node_selector" {
      for_each = var.gpu ? ["nvidia-l4"] : []

      content {
        accelerator = node_selector.value
      }
    }

    containers {
      image = var.image

      ports {
        container_port = var.port
      }

      resources {
        limits = merge(
          { cpu = tostring(var.cpu), memory = "${var.memory_gib}Gi" },
          var.gpu ? { "nvidia.com/gpu" = "1" } : {},
        )
        # Cloud Run gives GPUs only with CPUs that are always there.
        cpu_idle          = !var.gpu
        startup_cpu_boost = true
      }

      startup_probe {
        period_seconds    = var.startup_probe.period_seconds
        timeout_seconds   = var.startup_probe.timeout_seconds
        failure_threshold = var.startup_probe.failure_threshold

        http_get {
          path = var.startup_probe.path
          port = var.port
        }
      }

      liveness_probe {
        period_seconds    = var.liveness_probe.period_seconds
        timeout_seconds   = var.liveness_probe.timeout_seconds
        failure_threshold = var.liveness_probe.failure_threshold

        http_get {
          path = var.liveness_probe.path
          port = var.port
        }
      }

      dynamic "env" {
        for_each = local.env

        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }

  lifecycle {
    # Written by gcloud and the console at each visit.
    ignore_changes = [client, client_version]
  }
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.invokers

  name     = google_cloud_run_v2_service.stage.name
  location = google_cloud_run_v2_service.stage.location
  role     = "roles/run.invoker"
  member   = "serviceAccount:${each.value}"
}
