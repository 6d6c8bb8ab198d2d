# What the storefront lets in, and how it is reached.

variable "secrets" {
  description = "The storefront's secrets by the variable they go into, each with the number of its version in Secret Manager, where bootstrap/ made a place for them. The values are in no state and no plan. To rotate one, add a version and raise the number."
  type        = map(string)
  default     = { TOKEN_SECRET = "1" }
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.secrets), [
      "OPERATOR_KEYS", "REDIS_URL", "SHOPIFY_SECRET", "SHOPIFY_SHOPS", "TENANTS", "TOKEN_SECRET", "WEBHOOKS",
    ])) == 0
    error_message = "Expected OPERATOR_KEYS, REDIS_URL, SHOPIFY_SECRET, SHOPIFY_SHOPS, TENANTS, TOKEN_SECRET, WEBHOOKS for secrets but received ${join(", ", keys(var.secrets))}."
  }
  validation {
    condition     = contains(keys(var.secrets), "TOKEN_SECRET")
    error_message = "Expected TOKEN_SECRET among secrets: it signs what gives access to a job."
  }
  validation {
    condition     = alltrue([for version in values(var.secrets) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "Expected numbers of versions for secrets: latest would change under a running service."
  }
}

variable "allowed_origins" {
  description = "Web shops that call from a browser, as browsers write them: https://shop.example. For the storefront and for both buckets. Those of TENANTS are to be named here too, since the buckets know nothing of tenants."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "Expected origins such as https://shop.example, with no path, for allowed_origins but received ${join(", ", var.allowed_origins)}."
  }
}

variable "anonymous" {
  description = "Whether one may go without a key, within the limits for callers without one."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.anonymous)
    error_message = "Expected true or false for anonymous."
  }
}

variable "is_sharing_restricted" {
  description = "Whether the organisation refuses allUsers as a member (iam.allowedPolicyMemberDomains). The storefront is then open because Cloud Run does not ask who calls it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.is_sharing_restricted)
    error_message = "Expected true or false for is_sharing_restricted."
  }
}

variable "storefront_max_instances" {
  description = "Most instances of the storefront. Without Redis each counts its callers' requests for itself, so at most 2."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.storefront_max_instances >= 1 && (var.storefront_max_instances <= 2 || contains(keys(var.secrets), "REDIS_URL"))
    error_message = "Expected 1 or 2 without REDIS_URL among secrets for storefront_max_instances but received ${var.storefront_max_instances}."
  }
}

variable "domain" {
  description = "Host name for a load balancer with Cloud Armor and CDN in front of the storefront; null for none. Its DNS record must point to the address in the outputs before its certificate is given."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "Expected a host name such as photos.shop.example for domain."
  }
}

variable "armor_requests_per_minute" {
  description = "Requests a minute that Cloud Armor lets through from one address, pictures and page included."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.armor_requests_per_minute >= 60 && var.armor_requests_per_minute <= 1000000
    error_message = "Expected 60 to 1000000 for armor_requests_per_minute but received ${var.armor_requests_per_minute}."
  }
}
