#!/usr/bin/env bash
# What the image and its features lack: Azure Functions Core Tools and Azurite, and the Redis server that the tests start themselves.
set -euo pipefail
cd "$(dirname "$0")/.."

npm install --global azure-functions-core-tools@4 azurite@3

sudo apt-get update
sudo apt-get install --yes --no-install-recommends redis-server

[ -e local.settings.json ] || cp local.settings.sample.json local.settings.json
dotnet restore
