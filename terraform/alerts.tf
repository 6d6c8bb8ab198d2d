# Whom to tell of what. Every alert is a row: a question in PromQL that has an answer only when something is wrong, for how
# long it must hold, and what to do about it.

locals {
  # Labels of Cloud Monitoring's series in PromQL: of the stages, and of the log's metrics.
  of_stages = "monitored_resource=\"cloud_run_revision\",service_name=~\"${join("|", [for service in module.stage : service.service])}\""
  of_log    = "monitored_resource=\"cloud_run_revision\""
  of_pushes = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.prefix}.+\""

  log_series = { for name in keys(local.log_metrics) : name => "logging_googleapis_com:user_${local.metric_prefix}${name}" }

  failed = "sum by (stage) (increase(${local.log_series.stage_failures}{${local.of_log}}[15m]))"
  done   = "sum by (stage) (increase(${local.log_series.stage_ms}_count{${local.of_log}}[15m]))"

  # What a second of each stage's instance costs.
  second_prices = {
    for service in module.stage : service.service => (
      (service.instance.gpu ? var.prices.gpu : 0) + service.instance.cpu * var.prices.cpu + service.instance.memory_gib * var.prices.memory
    )
  }
  dollars_per_day = join(" + ", [
    for service, price in local.second_prices :
    "(sum(increase(run_googleapis_com:container_billable_instance_time{monitored_resource=\"cloud_run_revision\",service_name=\"${service}\"}[1d])) * ${format("%.7f", price)} or vector(0))"
  ])

  at = var.alert_thresholds
  alerts = {
    "dead letters" = {
      query   = "sum by (subscription_id) (increase(pubsub_googleapis_com:subscription_dead_letter_message_count{${local.of_pushes}}[10m])) > 0"
      for     = "0s"
      content = "A message was given up after 100 deliveries. Its job has ended with failed.json. Read why in the log (README: errors), mend it, then: npm run redrive -- --dry-run"
    }
    "error rate" = {
      # Of three failures at least: one of one is no rate.
      query   = "(${local.failed} / (${local.failed} + (${local.done} or ${local.failed} * 0)) > ${local.at.error_rate}) and ${local.failed} >= 3"
      for     = "300s"
      content = "More tries of a stage fail than usual. The label code of the metric says with which error; the README has a chapter of errors."
    }
    "slow stage" = {
      query   = "histogram_quantile(0.95, sum by (le, stage) (rate(${local.log_series.stage_ms}_bucket{${local.of_log}}[15m]))) > ${local.at.p95_seconds * 1000}"
      for     = "600s"
      content = "One photo in twenty takes a stage longer than ${local.at.p95_seconds} s. Look whether its device is the GPU (the log's line Ready), and at the sizes of the photos."
    }
    "slow cold start" = {
      query   = "histogram_quantile(0.95, sum by (le) (rate(${local.log_series.cold_start_ms}_bucket{${local.of_log}}[1h]))) > ${local.at.cold_start_seconds * 1000}"
      for     = "0s"
      content = "Instances take longer to load their models than ${local.at.cold_start_seconds} s. The log's lines Start-up and Model loaded say where the time goes."
    }
    "many cold starts" = {
      query   = "sum(increase(${local.log_series.cold_start_ms}_count{${local.of_log}}[1h])) > ${local.at.cold_starts_per_hour}"
      for     = "0s"
      content = "Each cold start costs up to ten minutes of a GPU. Is somebody waking the stages (WARMUPS_PER_DAY), or do instances end by themselves (exit 70: stuck, or out of memory)?"
    }
    "backlog" = {
      query   = "max by (subscription_id) (max_over_time(pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.of_pushes}}[5m])) > ${local.at.backlog_minutes * 60}"
      for     = "300s"
      content = "A message has waited for ${local.at.backlog_minutes} minutes. Either all instances are busy (raise max_instances, and the quota), or a stage does not start."
    }
    "GPU memory" = {
      query   = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_gpu_memory_utilizations_bucket{${local.of_stages}}[10m]))) > ${local.at.gpu_memory}"
      for     = "600s"
      content = "The GPU's memory is nearly full. A photo that needs more is tried with half the tile, then fails with GPU_MEMORY_EXHAUSTED: load fewer models, or split the topology."
    }
    "money" = {
      query   = "${local.dollars_per_day} > ${local.at.dollars_per_day}"
      for     = "0s"
      content = "The stages have cost more than ${local.at.dollars_per_day} dollars in a day, counted from the time their instances were billed and the prices in the variable prices. Look at instances by service: is something keeping them warm?"
    }
    "webhooks given up" = {
      query   = "sum by (tenant) (increase(${local.log_series.webhooks_given_up}{${local.of_log}}[1h])) > 0"
      for     = "0s"
      content = "A shop's server has not taken the end of a job for a day. The jobs themselves are done."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = "Cutline: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  display_name          = "Cutline (${trimsuffix(var.prefix, "-")}): ${each.key}"
  combiner              = "OR"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.key

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.for
      evaluation_interval = "60s"
      # A metric of the log is there only when its first line has been.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.content
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_logging_metric.this]
}
