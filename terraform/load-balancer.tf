# In front of the storefront, where a domain is given: its own host name, Cloud Armor, and a CDN for what says that it may be
# cached. Costs about 25 dollars a month before the first request.

locals {
  balanced = var.domain == null ? 0 : 1
  name     = "${var.prefix}storefront"
}

resource "google_compute_global_address" "storefront" {
  count = local.balanced

  name = local.name
}

resource "google_compute_region_network_endpoint_group" "storefront" {
  count = local.balanced

  name                  = local.name
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.function["storefront"].name
  }
}

resource "google_compute_security_policy" "storefront" {
  count = local.balanced

  name        = local.name
  description = "So many requests a minute from one address; the storefront's own limits are by key."

  rule {
    action      = "throttle"
    priority    = 1000
    description = "One address"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.armor_requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "All else"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_backend_service" "storefront" {
  count = local.balanced

  name                  = local.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.storefront[0].id
  enable_cdn            = true

  # Nothing that is one customer's: only answers that say so themselves.
  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"

    cache_key_policy {
      include_host         = true
      include_protocol     = true
      include_query_string = true
    }
  }

  backend {
    group = google_compute_region_network_endpoint_group.storefront[0].id
  }
}

resource "google_compute_managed_ssl_certificate" "storefront" {
  count = local.balanced

  name = "${local.name}-${substr(sha1(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  # A proxy holds it until the next one is there.
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_url_map" "storefront" {
  count = local.balanced

  name            = local.name
  default_service = google_compute_backend_service.storefront[0].id
}

resource "google_compute_target_https_proxy" "storefront" {
  count = local.balanced

  name             = local.name
  url_map          = google_compute_url_map.storefront[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.storefront[0].id]
}

resource "google_compute_global_forwarding_rule" "storefront" {
  count = local.balanced

  name                  = local.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.storefront[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.storefront[0].id
}

resource "google_compute_url_map" "to_https" {
  count = local.balanced

  name = "${local.name}-to-https"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "to_https" {
  count = local.balanced

  name    = "${local.name}-to-https"
  url_map = google_compute_url_map.to_https[0].id
}

resource "google_compute_global_forwarding_rule" "to_https" {
  count = local.balanced

  name                  = "${local.name}-to-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.storefront[0].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.to_https[0].id
}
