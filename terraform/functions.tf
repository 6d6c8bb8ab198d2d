# The services without a model: ingest, warmup, and the storefront, which alone is public.

locals {
  webhooks_audience = "cutline-webhooks"

  functions = {
    # Reads photos of at most MAX_IMAGE_SIZE_MB whole, to look at their headers.
    ingest = { cpu = "1", memory = "1Gi", concurrency = 10, timeout = "600s", max_instances = 10, env = {} }
    # One instance, so that warm-ups that overlap are one.
    warmup = { cpu = "1", memory = "512Mi", concurrency = 10, timeout = "300s", max_instances = 1, env = local.stage_urls }
    # Memory: concurrency × 32 MiB, which is what the platform lets in, and the pictures that are rendered.
    storefront = {
      cpu           = "2"
      memory        = "4Gi"
      concurrency   = 40
      timeout       = "600s"
      max_instances = var.storefront_max_instances
      env = merge(local.stage_urls, {
        ANONYMOUS            = tostring(var.anonymous)
        TRUSTED_PROXY_HOPS   = var.domain == null ? "1" : "2"
        MEMORY_LIMIT_MB      = "3686"
        PUSH_SERVICE_ACCOUNT = google_service_account.push.email
        }, length(var.allowed_origins) > 0 ? {
        ALLOWED_ORIGINS = join(",", var.allowed_origins)
      } : {})
    }
  }

  ingress = {
    ingest     = var.is_internal ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"
    warmup     = var.is_internal ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"
    storefront = var.domain == null ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  }
}

resource "google_service_account" "function" {
  for_each = toset(["ingest", "warmup", "storefront"])

  account_id   = "${var.prefix}${each.key}"
  display_name = "Cutline: ${each.key}"
}

resource "google_cloud_run_v2_service" "function" {
  for_each = local.functions

  name                = "${var.prefix}${each.key}"
  location            = var.region
  ingress             = local.ingress[each.key]
  deletion_protection = false
  # Null leaves the check on.
  invoker_iam_disabled = each.key == "storefront" && var.is_sharing_restricted ? true : null
  custom_audiences     = each.key == "storefront" ? [local.webhooks_audience] : null

  template {
    service_account                  = google_service_account.function[each.key].email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = each.value.concurrency
    timeout                          = each.value.timeout

    scaling {
      min_instance_count = 0
      max_instance_count = each.value.max_instances
    }

    # Those that call the stages. All else, such as webhooks, goes out as it would without a network.
    dynamic "vpc_access" {
      for_each = var.is_internal && each.key != "ingest" ? [google_compute_subnetwork.this[0]] : []

      content {
        egress = "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = google_compute_network.this[0].name
          subnetwork = vpc_access.value.name
        }
      }
    }

    containers {
      image = var.images["functions"]

      ports {
        container_port = 8080
      }

      resources {
        limits            = { cpu = each.value.cpu, memory = each.value.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      # The port opens when the module is loaded, and there is nothing else to wait for.
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 30

        tcp_socket {
          port = 8080
        }
      }

      dynamic "env" {
        for_each = merge(local.env, each.value.env, {
          FUNCTION_SOURCE = "functions/${each.key}/index.ts"
          FUNCTION_TARGET = each.key
        })

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = each.key == "storefront" ? var.secrets : {}

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = local.secret_ids[env.key]
              version = env.value
            }
          }
        }
      }
    }
  }

  lifecycle {
    # Written by gcloud and the console at each visit.
    ignore_changes = [client, client_version]
  }

  # A revision whose secrets it may not read does not start.
  depends_on = [google_secret_manager_secret_iam_member.storefront]
}
