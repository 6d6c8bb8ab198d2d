# The network that internal ingress needs: calls of storefront and warmup to the stages go through it, so that Cloud Run
# takes them for internal. Its names for Cloud Run are Google's private addresses.

resource "google_compute_network" "this" {
  count = var.is_internal ? 1 : 0

  name                    = "${var.prefix}internal"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "this" {
  count = var.is_internal ? 1 : 0

  name                     = "${var.prefix}internal"
  network                  = google_compute_network.this[0].id
  region                   = var.region
  ip_cidr_range            = var.subnet_range
  private_ip_google_access = true
}

resource "google_dns_managed_zone" "run" {
  count = var.is_internal ? 1 : 0

  name        = "${var.prefix}run"
  dns_name    = "run.app."
  description = "Cloud Run by private.googleapis.com, from inside ${var.prefix}internal."
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.this[0].id
    }
  }
}

resource "google_dns_record_set" "run" {
  count = var.is_internal ? 1 : 0

  managed_zone = google_dns_managed_zone.run[0].name
  name         = "*.run.app."
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
}
