# Topics and push subscriptions. They stand beside the services, not in them, so that another topology takes its messages
# over. shared/subscriptions.ts is the same, for the laptop; a test compares them.

locals {
  subscriptions = merge(
    {
      for stage, service in local.served_by : stage => {
        url = module.stage[service].url, path = "/", has_dead_letter = true, retention_seconds = 604800
      }
    },
    {
      uploads     = { url = local.urls["ingest"], path = "/", has_dead_letter = true, retention_seconds = 604800 }
      dead-letter = { url = local.urls["ingest"], path = "/dead-letter", has_dead_letter = false, retention_seconds = 604800 }
      # Who wanted it warm has come or gone by then.
      warmup = { url = local.urls["warmup"], path = "/", has_dead_letter = false, retention_seconds = 600 }
      # A shop's server that is down is told again for a day.
      completed = { url = local.urls["storefront"], path = "/webhooks", has_dead_letter = false, retention_seconds = 86400 }
      failed    = { url = local.urls["storefront"], path = "/webhooks", has_dead_letter = false, retention_seconds = 86400 }
    },
  )

  urls = { for name, service in google_cloud_run_v2_service.function : name => service.uri }
}

resource "google_pubsub_topic" "this" {
  for_each = toset(["uploads", "upscale", "segment", "effects", "completed", "failed", "warmup", "dead-letter"])

  name = "${var.prefix}${each.key}"
}

module "push" {
  source   = "./modules/push"
  for_each = local.subscriptions

  name        = "${var.prefix}${each.key}"
  topic       = google_pubsub_topic.this[each.key].id
  service_url = each.value.url
  path        = each.value.path
  # Cloud Run asks nobody at the storefront: it looks at the token itself.
  audience          = each.value.path == "/webhooks" ? local.webhooks_audience : null
  push_account      = google_service_account.push.email
  pubsub_agent      = local.pubsub_agent
  has_dead_letter   = each.value.has_dead_letter
  dead_letter_topic = each.value.has_dead_letter ? google_pubsub_topic.this["dead-letter"].id : null
  retention_seconds = each.value.retention_seconds

  # A push that comes before its grant is refused, and tried again only after a while.
  depends_on = [google_cloud_run_v2_service_iam_member.push, module.stage]
}

# The agent's other half of a dead letter: it publishes what it gave up.
resource "google_pubsub_topic_iam_member" "dead_letter" {
  topic  = google_pubsub_topic.this["dead-letter"].name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

# Whose ID token every push bears.
resource "google_service_account" "push" {
  account_id   = "${var.prefix}push"
  display_name = "Cutline: pushes of Pub/Sub"
}

resource "google_service_account_iam_member" "push_token" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent
}
