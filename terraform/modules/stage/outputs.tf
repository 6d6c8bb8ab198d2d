output "service" {
  description = "Name of the service."
  value       = google_cloud_run_v2_service.stage.name
}

output "url" {
  description = "Base URL of the service."
  value       = google_cloud_run_v2_service.stage.uri
}

output "account" {
  description = "The service's own account, as an IAM member."
  value       = "serviceAccount:${google_service_account.stage.email}"
}

output "gpus" {
  description = "GPUs that all instances together hold."
  value       = var.gpu ? var.max_instances : 0
}

output "instance" {
  description = "What an instance is billed for."
  value       = { gpu = var.gpu, cpu = var.cpu, memory_gib = var.memory_gib }
}
