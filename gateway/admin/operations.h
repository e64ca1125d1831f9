// What the admin socket answers, and what `kerros` does itself when no gateway runs: the same code.
//
// A request is a noun path and a query; an answer is a status and one JSON document. Every request
// that changes or reads what is recorded goes into the audit log with the peer as actor.
// Thread safety: any thread. Errors: {"error":{"what","why","hint"}} with 4xx or 5xx.
#pragma once

#include <map>
#include <string>

#include "gateway/config.h"
#include "gateway/installation.h"

namespace kerros::admin {

struct Peer {
  std::string actor;   // "os:NAME"
  std::string source;  // "admin-socket" or "cli"
};

struct Request {
  std::string method;  // "GET", "POST"
  std::string path;    // "/v1/items", "/v1/items/show", "/v1/keys", "/v1/status", "/v1/audit"
  std::map<std::string, std::string> query;
};

struct Answer {
  unsigned status = 200;
  std::string json;
};

// What only a running gateway knows, for /v1/status; absent when the command asks offline.
struct Running {
  std::string graph_listen;
  std::string backend;
  std::uint64_t connections = 0;
  std::uint64_t transfers = 0;
  std::uint64_t started_ms = 0;
};

Answer answer(const Request& request, const Peer& peer, const Config& config,
              Installation& installation, const Running* running);

}  // namespace kerros::admin
