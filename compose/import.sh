#!/bin/sh
# Gives n8n the credentials for the sandbox and the record, and the example workflows. Runs in n8n's image.
set -e

n8n import:credentials --input=/compose/credentials.json
node /compose/withCredentials.js /examples /compose/credentials.json >/tmp/workflows.json
n8n import:workflow --input=/tmp/workflows.json
