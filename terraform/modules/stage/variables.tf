# The defaults are what a GPU stage needs. service.yaml and compose.yaml follow them.

variable "name" {
  description = "Name of the service without the prefix: the stage's, or fused."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["upscale", "segment", "effects", "fused"], var.name)
    error_message = "Expected upscale, segment, effects or fused for name but received '${var.name}'."
  }
}

variable "stages" {
  description = "The stages that the service serves."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.stages) > 0 && length(setsubtract(var.stages, ["upscale", "segment", "effects"])) == 0
    error_message = "Expected a list of upscale, segment, effects for stages but received ${join(", ", var.stages)}."
  }
}

variable "prefix" {
  description = "What the names of service and account begin with."
  type        = string
  default     = "cutline-"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,13}-$", var.prefix))
    error_message = "Expected lower-case letters, digits and dashes, at most 15 and ending in a dash, for prefix but received '${var.prefix}'."
  }
}

variable "region" {
  description = "Where the service runs; it must have L4 GPUs where gpu is true."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "Expected a region such as us-east4 for region but received '${var.region}'."
  }
}

variable "image" {
  description = "The stage's image with its digest. Its weights are in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Expected an image with its digest, …@sha256:…, for image but received '${var.image}'."
  }
}

variable "gpu" {
  description = "Whether each instance has an NVIDIA L4. Without one the models run on the CPU, some ten times slower, and the image may be the cpu target."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.gpu || (var.cpu >= 4 && var.memory_gib >= 16)
    error_message = "Expected 4 CPUs and 16 GiB or more where gpu is true but received ${var.cpu} and ${var.memory_gib}: Cloud Run gives no GPU to less."
  }
}

variable "cpu" {
  description = "CPUs of an instance: 1, 2, 4, 6 or 8."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = contains([1, 2, 4, 6, 8], var.cpu)
    error_message = "Expected 1, 2, 4, 6 or 8 for cpu but received ${var.cpu}."
  }
}

variable "memory_gib" {
  description = "Memory of an instance in GiB. Cloud Run asks for 4 CPUs above 8 GiB, 6 above 16 and 8 above 24."
  type        = number
  default     = 16
  nullable    = false

  validation {
    condition     = var.memory_gib >= 1 && var.memory_gib <= 32 && var.memory_gib <= { "1" = 4, "2" = 8, "4" = 16, "6" = 24, "8" = 32 }[tostring(var.cpu)]
    error_message = "Expected at most 4, 8, 16, 24 or 32 GiB for 1, 2, 4, 6 or 8 CPUs for memory_gib but received ${var.memory_gib} for ${var.cpu}."
  }
}

variable "max_instances" {
  description = "Most instances at a time. The region's GPU quota must hold them, and one more while a new revision takes over."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100
    error_message = "Expected 1 to 100 for max_instances but received ${var.max_instances}."
  }
}

variable "concurrency" {
  description = "Requests that an instance holds at once: those that run, and those that wait in its queue."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.concurrency >= 2 && var.concurrency <= 250
    error_message = "Expected 2 to 250 for concurrency but received ${var.concurrency}."
  }
}

variable "work_slots" {
  description = "Photos worked on at once in an instance, so that others are decoded and encoded while a model runs on one. The rest of concurrency is queue."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.work_slots >= 1 && var.work_slots < var.concurrency
    error_message = "Expected 1 or more, and less than concurrency, for work_slots but received ${var.work_slots}."
  }
}

variable "timeout_seconds" {
  description = "Longest request: a push's deadline."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 600 && var.timeout_seconds <= 3600
    error_message = "Expected 600, Pub/Sub's deadline of a push, to 3600 for timeout_seconds but received ${var.timeout_seconds}."
  }
}

variable "port" {
  description = "Where the container listens; Cloud Run sets PORT to it."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "Expected 1024 to 65535 for port, since the image runs as nobody special, but received ${var.port}."
  }
}

variable "startup_probe" {
  description = "GET /startup answers 200 when the models are loaded and warm. Cloud Run gives a start 240 seconds."
  type = object({
    path              = optional(string, "/startup")
    period_seconds    = optional(number, 5)
    timeout_seconds   = optional(number, 4)
    failure_threshold = optional(number, 48)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.startup_probe.period_seconds * var.startup_probe.failure_threshold <= 240
    error_message = "Expected period_seconds × failure_threshold of at most 240 for startup_probe but received ${var.startup_probe.period_seconds * var.startup_probe.failure_threshold}."
  }
}

variable "liveness_probe" {
  description = "GET /health answers 503 when the process can no longer work; after so many the instance is restarted."
  type = object({
    path              = optional(string, "/health")
    period_seconds    = optional(number, 30)
    timeout_seconds   = optional(number, 10)
    failure_threshold = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.liveness_probe.timeout_seconds <= var.liveness_probe.period_seconds
    error_message = "Expected a timeout_seconds of at most period_seconds for liveness_probe but received ${var.liveness_probe.timeout_seconds}."
  }
}

variable "env" {
  description = "Environment variables of the service, besides those that follow from the other inputs."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.env) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Expected names in capitals for env but received ${join(", ", keys(var.env))}."
  }
}

variable "is_internal" {
  description = "Whether the service can be reached from inside the project alone, by callers that have the role besides."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.is_internal)
    error_message = "Expected true or false for is_internal."
  }
}

variable "invokers" {
  description = "Who may call the service: a word for each, and the e-mail address of its service account."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for email in values(var.invokers) : can(regex("^[^@]+@[^@]+$", email))])
    error_message = "Expected e-mail addresses of service accounts for invokers: the service is private."
  }
}
