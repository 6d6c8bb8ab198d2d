# The stages: a private service each, or one for all.

locals {
  services = {
    split = { upscale = ["upscale"], segment = ["segment"], effects = ["effects"] }
    fused = { fused = ["upscale", "segment", "effects"] }
  }[var.topology]

  models = merge(
    length(var.segment_models) > 0 ? { SEGMENT_MODELS = join(",", var.segment_models) } : {},
    length(var.upscale_models) > 0 ? { UPSCALE_MODELS = join(",", var.upscale_models) } : {},
  )

  # The service of each stage.
  served_by = merge([for service, stages in local.services : { for stage in stages : stage => service }]...)

  # As the variables that storefront and warmup know the stages by.
  stage_urls = { for stage, service in local.served_by : "${upper(stage)}_URL" => module.stage[service].url }
}

module "stage" {
  source   = "./modules/stage"
  for_each = local.services

  name   = each.key
  stages = each.value
  prefix = var.prefix
  region = var.region
  image  = var.images[each.key]

  gpu           = try(var.stages[each.key].gpu, null)
  cpu           = try(var.stages[each.key].cpu, null)
  memory_gib    = try(var.stages[each.key].memory_gib, null)
  max_instances = try(var.stages[each.key].max_instances, null)
  concurrency   = try(var.stages[each.key].concurrency, null)
  work_slots    = try(var.stages[each.key].work_slots, null)

  env         = merge(local.env, local.models)
  is_internal = var.is_internal

  invokers = {
    push       = google_service_account.push.email
    storefront = google_service_account.function["storefront"].email
    warmup     = google_service_account.function["warmup"].email
  }
}
