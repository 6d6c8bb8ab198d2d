variable "name" {
  description = "Name of the subscription."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,254}$", var.name))
    error_message = "Expected lower-case letters, digits and dashes, three or more, for name but received '${var.name}'."
  }
}

variable "topic" {
  description = "Id of the topic that is subscribed to."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.topic) > 0
    error_message = "Expected a topic's id for topic but received nothing."
  }
}

variable "service_url" {
  description = "Base URL of the Cloud Run service that is pushed to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/]+$", var.service_url))
    error_message = "Expected https:// and a host, with no slash at the end, for service_url but received '${var.service_url}'."
  }
}

variable "path" {
  description = "Where below the base URL a push goes."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = startswith(var.path, "/")
    error_message = "Expected a path that begins with / for path but received '${var.path}'."
  }
}

variable "push_account" {
  description = "E-mail address of the service account whose ID token a push bears."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@]+@[^@]+$", var.push_account))
    error_message = "Expected an e-mail address for push_account but received '${var.push_account}'."
  }
}

variable "audience" {
  description = "For whom the token is made; null for service_url, which is what Cloud Run itself asks for."
  type        = string
  default     = null

  validation {
    condition     = var.audience != ""
    error_message = "Expected a text or null for audience but received an empty one."
  }
}

variable "pubsub_agent" {
  description = "Pub/Sub's own service account in this project, as an IAM member."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.pubsub_agent, "serviceAccount:")
    error_message = "Expected serviceAccount:… for pubsub_agent but received '${var.pubsub_agent}'."
  }
}

variable "has_dead_letter" {
  description = "Whether a message goes to the dead-letter topic after its last delivery. Without one it is tried until it is too old."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.has_dead_letter || var.dead_letter_topic != null
    error_message = "Expected dead_letter_topic where has_dead_letter is true but received nothing."
  }
}

variable "dead_letter_topic" {
  description = "Id of the dead-letter topic, on which Pub/Sub's agent must be a publisher."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_topic != ""
    error_message = "Expected a topic's id or null for dead_letter_topic but received an empty text."
  }
}

variable "max_deliveries" {
  description = "After so many deliveries Pub/Sub gives a message up. Its highest number, since the services count tries themselves."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.max_deliveries >= 5 && var.max_deliveries <= 100
    error_message = "Expected 5 to 100 for max_deliveries but received ${var.max_deliveries}."
  }
}

variable "ack_deadline_seconds" {
  description = "How long a push may take. 600 is Pub/Sub's longest, and what the stages' own limits are made for."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.ack_deadline_seconds >= 10 && var.ack_deadline_seconds <= 600
    error_message = "Expected 10 to 600 for ack_deadline_seconds but received ${var.ack_deadline_seconds}."
  }
}

variable "retention_seconds" {
  description = "How long a message that is not acknowledged is kept, at most seven days."
  type        = number
  default     = 604800
  nullable    = false

  validation {
    condition     = var.retention_seconds >= 600 && var.retention_seconds <= 604800
    error_message = "Expected 600 to 604800 for retention_seconds but received ${var.retention_seconds}."
  }
}
