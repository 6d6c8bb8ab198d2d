# Where the state lies; bootstrap/ makes the bucket: terraform init -backend-config=bucket=NAME
terraform {
  backend "gcs" {
    prefix = "cutline"
  }
}
