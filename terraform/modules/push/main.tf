# A push subscription: who is woken by a topic, with what token, and what becomes of a message that nobody takes.

resource "google_pubsub_subscription" "push" {
  name                       = var.name
  topic                      = var.topic
  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = "${var.retention_seconds}s"

  push_config {
    push_endpoint = "${var.service_url}${var.path}"

    oidc_token {
      service_account_email = var.push_account
      audience              = coalesce(var.audience, var.service_url)
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # Never: a shop may be closed for a month.
  expiration_policy {
    ttl = ""
  }

  dynamic "dead_letter_policy" {
    for_each = var.has_dead_letter ? [var.dead_letter_topic] : []

    content {
      dead_letter_topic     = dead_letter_policy.value
      max_delivery_attempts = var.max_deliveries
    }
  }
}

# To move a message to the dead-letter topic the agent also acknowledges it here. Its grant on that topic is made where the
# topic is. Without both, nothing is ever moved, and nobody is told.
resource "google_pubsub_subscription_iam_member" "dead_letter_source" {
  count = var.has_dead_letter ? 1 : 0

  subscription = google_pubsub_subscription.push.name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}
