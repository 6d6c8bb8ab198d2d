variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "Expected a project's id, 6 to 30 lower-case letters, digits and dashes, for project but received '${var.project}'."
  }
}

variable "region" {
  description = "Where images and state lie: the region that everything will run in."
  type        = string
  default     = "us-east4"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "Expected a region such as us-east4 for region but received '${var.region}'."
  }
}

variable "prefix" {
  description = "What every name begins with; the same as for the deployment itself."
  type        = string
  default     = "cutline-"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,13}-$", var.prefix)) && !startswith(var.prefix, "goog")
    error_message = "Expected lower-case letters, digits and dashes, at most 15, ending in a dash and not beginning with goog, for prefix but received '${var.prefix}'."
  }
}

variable "state_bucket" {
  description = "Name of the bucket for Terraform's state; null for one made of project and prefix."
  type        = string
  default     = null

  validation {
    condition     = var.state_bucket == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "Expected 3 to 63 lower-case letters, digits, dashes and underscores for state_bucket."
  }
}

variable "kept_images" {
  description = "How many versions of each image are kept for going back; older ones are deleted."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.kept_images >= 2
    error_message = "Expected 2 or more for kept_images but received ${var.kept_images}."
  }
}

variable "with_load_balancer" {
  description = "Whether the build may also make a load balancer and its certificate (domain)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.with_load_balancer)
    error_message = "Expected true or false for with_load_balancer."
  }
}

variable "with_network" {
  description = "Whether the build may also make the network of internal ingress (is_internal)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.with_network)
    error_message = "Expected true or false for with_network."
  }
}
