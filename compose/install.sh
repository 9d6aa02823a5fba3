#!/usr/bin/env bash
# Builds the package from the checkout in /project, in /build, and unpacks it into n8n's folder of community nodes.
set -euo pipefail

cd /project
tar -c --exclude=node_modules --exclude=.n8n-host --exclude=.git --exclude=dist . | tar -x -C /build
cd /build
npm install --no-fund --no-audit
npm run build
npm pack --silent

installed=/nodes/node_modules/n8n-nodes-revenue-relay
rm -rf "$installed"
mkdir -p "$installed"
tar -x -z -f n8n-nodes-revenue-relay-*.tgz -C "$installed" --strip-components=1
rm -f n8n-nodes-revenue-relay-*.tgz
# the user that n8n runs as
chown -R 1000:1000 /nodes
