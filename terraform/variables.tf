# What is deployed, and where. What the storefront lets in is in variables-storefront.tf, what watches it in
# variables-operation.tf.

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
  description = "Where everything runs and lies. L4 GPUs are in asia-southeast1, europe-west1, europe-west4 and us-east4; in us-central1 and asia-south1 by invitation."
  type        = string
  default     = "us-east4"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "Expected a region such as us-east4 for region but received '${var.region}'."
  }
}

variable "prefix" {
  description = "What every name begins with, so that two deployments can share a project. Another one after the first apply makes everything anew."
  type        = string
  default     = "cutline-"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,13}-$", var.prefix)) && !startswith(var.prefix, "goog")
    error_message = "Expected lower-case letters, digits and dashes, at most 15, ending in a dash and not beginning with goog, for prefix but received '${var.prefix}'."
  }
}

variable "topology" {
  description = "How the stages are laid out. split: a GPU service for each. fused: one for all of them, for a shop whose traffic does not pay three GPUs."
  type        = string
  default     = "split"
  nullable    = false

  validation {
    condition     = contains(["split", "fused"], var.topology)
    error_message = "Expected split or fused for topology but received '${var.topology}'."
  }
}

variable "images" {
  description = "Images by digest: functions (ingest, warmup, storefront), and those of the stages (upscale, segment, effects; or fused). The weights are in them. cloudbuild.yaml passes them."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("^[^@]+@sha256:[0-9a-f]{64}$", image))])
    error_message = "Expected images with their digests, …@sha256:…, for images: a tag may be another image tomorrow."
  }
  validation {
    condition = length(setsubtract(
      concat(["functions"], var.topology == "fused" ? ["fused"] : ["upscale", "segment", "effects"]),
      keys(var.images),
    )) == 0
    error_message = "Expected functions and ${var.topology == "fused" ? "fused" : "upscale, segment, effects"} for images but received ${join(", ", keys(var.images))}."
  }
}

variable "stages" {
  description = "What is to differ from modules/stage's defaults, by service (upscale, segment, effects; or fused): gpu, cpu, memory_gib, max_instances, concurrency, work_slots."
  type = map(object({
    gpu           = optional(bool)
    cpu           = optional(number)
    memory_gib    = optional(number)
    max_instances = optional(number)
    concurrency   = optional(number)
    work_slots    = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition = length(setsubtract(
      keys(var.stages),
      var.topology == "fused" ? ["fused"] : ["upscale", "segment", "effects"],
    )) == 0
    error_message = "Expected ${var.topology == "fused" ? "fused" : "upscale, segment, effects"} for stages but received ${join(", ", keys(var.stages))}."
  }
}

variable "segment_models" {
  description = "Models that segment loads, the default first, of those that are in its image. Empty: all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.segment_models : can(regex("^[a-z0-9][a-z0-9./-]*$", id))])
    error_message = "Expected ids of models for segment_models but received ${join(", ", var.segment_models)}."
  }
}

variable "upscale_models" {
  description = "Models that upscale loads, the default first, of those that are in its image. Empty: all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.upscale_models : can(regex("^[a-z0-9][a-z0-9./-]*$", id))])
    error_message = "Expected ids of models for upscale_models but received ${join(", ", var.upscale_models)}."
  }
}

variable "settings" {
  description = "Further environment variables for every service, such as MAX_IMAGE_SIZE_MB or LOG_LEVEL. The README's table of settings says what they mean."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.settings), [
      "BATCH_SIZE", "DRAIN_SEC", "LOG_FORMAT", "LOG_LEVEL", "MAX_DECOMPRESSION_RATIO", "MAX_IMAGE_SIZE_MB",
      "MAX_LONG_SIDE", "MAX_MEGAPIXELS", "MAX_OUTPUT_MEGAPIXELS", "MAX_SHORT_SIDE", "MIN_SIDE",
      "PROCESSING_TIMEOUT_SEC", "QUEUE_WAIT_SEC", "RATE_LIMIT_PER_MINUTE", "RATE_LIMIT_PER_SECOND", "RUN_QUEUE",
      "RUN_TIMEOUT_SEC", "TARGET_SIZE", "THREADS", "WARMUPS_PER_DAY",
    ])) == 0
    error_message = "Expected settings that nothing else sets for settings but received ${join(", ", keys(var.settings))}."
  }
}

variable "uploads_bucket" {
  description = "Name of the bucket where photos come in; null for one made of project and prefix. Bucket names are the whole world's."
  type        = string
  default     = null

  validation {
    condition     = var.uploads_bucket == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.uploads_bucket))
    error_message = "Expected 3 to 63 lower-case letters, digits, dashes and underscores for uploads_bucket."
  }
}

variable "results_bucket" {
  description = "Name of the bucket of records and results; null for one made of project and prefix."
  type        = string
  default     = null

  validation {
    condition     = var.results_bucket == null || (can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.results_bucket)) && var.results_bucket != var.uploads_bucket)
    error_message = "Expected 3 to 63 lower-case letters, digits, dashes and underscores, and not uploads_bucket, for results_bucket."
  }
}

variable "days" {
  description = "After how many days things are deleted: photos as they came in, jobs with their results, and what was kept for an order."
  type = object({
    uploads = optional(number, 1)
    jobs    = optional(number, 30)
    kept    = optional(number, 365)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.days.uploads >= 1 && var.days.jobs >= 1 && var.days.kept >= var.days.jobs
    error_message = "Expected days of 1 or more, and kept not before jobs, for days but received ${var.days.uploads}, ${var.days.jobs} and ${var.days.kept}."
  }
}

variable "force_destroy" {
  description = "Whether terraform destroy may delete buckets that have something in them."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.force_destroy)
    error_message = "Expected true or false for force_destroy."
  }
}

variable "is_internal" {
  description = "Whether all but the storefront can be reached from inside the project alone. It brings a network: storefront and warmup go through it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.is_internal)
    error_message = "Expected true or false for is_internal."
  }
}

variable "subnet_range" {
  description = "Addresses of that network; each instance of storefront and warmup takes two for a while."
  type        = string
  default     = "10.60.0.0/24"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.subnet_range)) && tonumber(split("/", var.subnet_range)[1]) <= 26
    error_message = "Expected an IPv4 range of /26 or larger for subnet_range but received '${var.subnet_range}'."
  }
}
