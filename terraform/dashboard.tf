# One page of charts, two in a row.

locals {
  charts = [
    {
      title = "Photos an hour, by stage and outcome"
      unit  = "1"
      query = "sum by (stage, outcome) (increase(${local.log_series.stage_ms}_count{${local.of_log}}[1h]))"
    },
    {
      title = "Failed tries an hour, by stage and error"
      unit  = "1"
      query = "sum by (stage, code) (increase(${local.log_series.stage_failures}{${local.of_log}}[1h]))"
    },
    {
      title = "A stage's time for a photo: median"
      unit  = "ms"
      query = "histogram_quantile(0.5, sum by (le, stage) (rate(${local.log_series.stage_ms}_bucket{${local.of_log}}[15m])))"
    },
    {
      title = "A stage's time for a photo: 95 %"
      unit  = "ms"
      query = "histogram_quantile(0.95, sum by (le, stage) (rate(${local.log_series.stage_ms}_bucket{${local.of_log}}[15m])))"
    },
    {
      title = "Cold starts an hour"
      unit  = "1"
      query = "sum by (service_name) (increase(${local.log_series.cold_start_ms}_count{${local.of_log}}[1h]))"
    },
    {
      title = "Length of a cold start: 95 %"
      unit  = "ms"
      query = "histogram_quantile(0.95, sum by (le, service_name) (rate(${local.log_series.cold_start_ms}_bucket{${local.of_log}}[1h])))"
    },
    {
      title = "Instances, idle ones too"
      unit  = "1"
      query = "sum by (service_name, state) (avg_over_time(run_googleapis_com:container_instance_count{${local.of_log},service_name=~\"${var.prefix}.+\"}[5m]))"
    },
    {
      title = "Oldest message that waits"
      unit  = "s"
      query = "max by (subscription_id) (max_over_time(pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.of_pushes}}[5m]))"
    },
    {
      title = "GPU memory in use: 95 %"
      unit  = "10^2.%"
      query = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_gpu_memory_utilizations_bucket{${local.of_stages}}[10m])))"
    },
    {
      title = "GPU at work: mean"
      unit  = "10^2.%"
      query = "sum by (service_name) (rate(run_googleapis_com:container_gpu_utilizations_sum{${local.of_stages}}[10m])) / sum by (service_name) (rate(run_googleapis_com:container_gpu_utilizations_count{${local.of_stages}}[10m]))"
    },
    {
      title = "Answers of the storefront, by class"
      unit  = "1/s"
      query = "sum by (response_code_class) (rate(run_googleapis_com:request_count{${local.of_log},service_name=\"${var.prefix}storefront\"}[5m]))"
    },
    {
      title = "Dollars for the stages in the last day"
      unit  = "1"
      query = local.dollars_per_day
    },
  ]
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = "Cutline (${trimsuffix(var.prefix, "-")})"
    mosaicLayout = {
      columns = 48
      tiles = [
        for index, chart in local.charts : {
          xPos   = (index % 2) * 24
          yPos   = floor(index / 2) * 16
          width  = 24
          height = 16
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType        = "LINE"
                timeSeriesQuery = { prometheusQuery = chart.query, unitOverride = chart.unit }
              }]
              yAxis = { scale = "LINEAR" }
            }
          }
        }
      ]
    }
  })
}
