"""The office's dashboards as code: Python makes the JSON that Grafana is provisioned with."""
