terraform {
  # 1.9 lets a variable's validation look at another variable; 1.11 is what this was tried with.
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.40, < 8"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region

  default_labels = { app = "cutline" }
}
