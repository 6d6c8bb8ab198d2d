# Metrics made of log lines: what Cloud Run itself does not know. A test looks for these words in the source.

locals {
  metric_prefix = replace(var.prefix, "-", "_")
  log_lines     = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}\""

  # Counted, or measured where there is a value.
  log_metrics = {
    cold_start_ms = {
      description = "Start of an instance until its models are loaded and warm."
      filter      = "jsonPayload.message=\"Ready\""
      value       = "EXTRACT(jsonPayload.elapsed_ms)"
      labels      = { device = "EXTRACT(jsonPayload.device)" }
    }
    model_load_ms = {
      description = "Loading of one model."
      filter      = "jsonPayload.message=\"Model loaded\""
      value       = "EXTRACT(jsonPayload.duration_ms)"
      labels      = { model = "EXTRACT(jsonPayload.model)" }
    }
    stage_ms = {
      description = "A stage's work on a photo that it completed; outcome cached is a copy of an earlier result."
      filter      = "jsonPayload.message=~\": ended$\" AND jsonPayload.outcome:*"
      value       = "EXTRACT(jsonPayload.duration_ms)"
      labels      = { stage = "EXTRACT(jsonPayload.stage)", outcome = "EXTRACT(jsonPayload.outcome)" }
    }
    stage_failures = {
      description = "Tries of a stage that failed: for good, or to be tried again."
      filter      = "jsonPayload.message=~\": (failed|to be tried again)$\" AND jsonPayload.tries:*"
      value       = null
      labels      = { stage = "EXTRACT(jsonPayload.stage)", code = "EXTRACT(jsonPayload.error.code)" }
    }
    jobs_given_up = {
      description = "Jobs that ended because Pub/Sub gave their message up."
      filter      = "jsonPayload.message=~\"^The job failed: its (message|upload) was given up$\""
      value       = null
      labels      = {}
    }
    webhooks_given_up = {
      description = "Ends of jobs that a shop's server did not take for a day."
      filter      = "jsonPayload.message=\"webhook: given up after a day\""
      value       = null
      labels      = { tenant = "EXTRACT(jsonPayload.tenant)" }
    }
  }
}

resource "google_logging_metric" "this" {
  for_each = local.log_metrics

  name             = "${local.metric_prefix}${each.key}"
  description      = each.value.description
  filter           = "${local.log_lines} AND ${each.value.filter}"
  value_extractor  = each.value.value
  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = each.value.value == null ? "INT64" : "DISTRIBUTION"
    unit        = each.value.value == null ? "1" : "ms"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  # 1 ms to 18 minutes in steps of a quarter.
  dynamic "bucket_options" {
    for_each = each.value.value == null ? [] : [1]

    content {
      exponential_buckets {
        num_finite_buckets = 64
        growth_factor      = 1.25
        scale              = 1
      }
    }
  }
}
