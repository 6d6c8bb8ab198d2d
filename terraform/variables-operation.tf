# What keeps it warm, and what watches it.

variable "shop_hours" {
  description = "When the stages are kept warm: schedule, as cron writes it, such as */9 9-17 * * 1-5, and time_zone (Etc/UTC); null for never. A ping every nine minutes costs as much as GPUs that are always on, about 1 dollar an hour each: give hours in which that pays. Else they are warmed when a shopper opens the page."
  type = object({
    schedule  = string
    time_zone = optional(string, "Etc/UTC")
  })
  default = null

  validation {
    condition     = var.shop_hours == null || can(regex("^\\S+ \\S+ \\S+ \\S+ \\S+$", var.shop_hours.schedule))
    error_message = "Expected a cron schedule of five fields, such as */9 9-17 * * 1-5, for shop_hours."
  }
}

variable "alert_emails" {
  description = "Who is told when an alert fires. Without anybody the alerts are seen in the console alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Expected e-mail addresses for alert_emails but received ${join(", ", var.alert_emails)}."
  }
}

variable "alert_thresholds" {
  description = "Where the alerts begin: share of a stage's tries that fail, seconds of the slowest twentieth of photos in a stage, seconds of a cold start, cold starts an hour, minutes that a message waits, share of the GPU's memory, dollars a day for stages."
  type = object({
    error_rate           = optional(number, 0.05)
    p95_seconds          = optional(number, 20)
    cold_start_seconds   = optional(number, 60)
    cold_starts_per_hour = optional(number, 20)
    backlog_minutes      = optional(number, 15)
    gpu_memory           = optional(number, 0.9)
    dollars_per_day      = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for share in [var.alert_thresholds.error_rate, var.alert_thresholds.gpu_memory] : share > 0 && share < 1])
    error_message = "Expected shares between 0 and 1 for error_rate and gpu_memory of alert_thresholds."
  }
  validation {
    condition     = alltrue([for number in values(var.alert_thresholds) : number > 0])
    error_message = "Expected numbers above 0 for alert_thresholds."
  }
}

variable "prices" {
  description = "Dollars a second for an L4 without zonal redundancy, for a CPU and for a GiB of memory, from which the alert on money is counted. Those of us-central1; others differ."
  type = object({
    gpu    = optional(number, 0.0001867)
    cpu    = optional(number, 0.000018)
    memory = optional(number, 0.000002)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for price in values(var.prices) : price > 0 && price < 1])
    error_message = "Expected dollars a second, above 0 and below 1, for prices."
  }
}
