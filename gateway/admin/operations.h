// What the admin socket answers, and what `kerros` does itself when no gateway runs: the same code.
//
// A request is a noun path and a query; an answer is a status and one JSON document. Every request
// that changes or reads what is recorded goes into the audit log with the peer as actor before it
// is answered; when the log cannot be written, nothing is answered.
//
//   GET /v1/status                            one object, "ready" says whether all is well
//   GET /v1/items?drive=&state=&after=&limit= {"items":[...],"next":KEY or null}
//   GET /v1/items/show?item=ITEM&drive=       {"versions":[...]}; ITEM: item, key or record id
//   POST /v1/items/accept?drive=&item=&reason=&key=  or  &dry-run=    {"accepts","key","done",...}
//   GET /v1/keys                              {"keys":[...]}
//   GET /v1/keys/usage?unit=                  {"usage":[...]}, a version each
//   POST /v1/keys/rotate?unit=|all=&older-than=MS&dry-run=         {"rotated":[...]}
//   POST /v1/keys/rewrap?unit=|all=&after=&limit=                  {"moved":N,"next":ID or null}
//   POST /v1/keys/retire?unit=|all=&version=&dry-run=              {"retired":[...]}
//   POST /v1/keys/destroy?unit=&version=&confirm=NAME&dry-run=     {"destroyed":[...]}
//   GET /v1/audit?purpose=&case=&from=&limit=&last=&FILTER&held=CASE&proof=
//                                             {"records":[...],"next":POSITION or null,"size":N}
//       FILTER: since= until= actor= item= key= unit= event= class= status= subject=
//   GET /v1/audit/verify?older=NOTES          {"records":N,"checkpoints":N,...}
//   GET /v1/audit/lint?from=                  {"records":N,"faults":N,"findings":[...],"next":...}
//   POST /v1/audit/notes?record=&note=        {"record":N,"annotation":N}
//   GET /v1/audit/cases                       {"cases":[...]}
//   POST /v1/audit/hold?case=&reason=&FILTER&from=&intent=   {"records":N,"next":...,"intent":N}
//   POST /v1/audit/release?case=&reason=      {"released":N}
//   POST /v1/proxy/changes?change=&target=&detail=                  {"position":N}, the intent
//   POST /v1/proxy/changes?change=&target=&intent=N&outcome=        its outcome
//
// Lists are answered in pages of at most kMaxPage entries, so that memory is bounded at both ends.
// Thread safety: any thread. Errors: {"error":{"code","what","why","hint"}} with 4xx or 5xx.
#pragma once

#include <map>
#include <string>

#include "gateway/complaint.h"
#include "gateway/config.h"
#include "gateway/installation.h"

namespace kerros::admin {

inline constexpr std::size_t kMaxPage = 1000;

struct Peer {
  std::string actor;   // "os:NAME"
  std::string source;  // "admin-socket" or "cli"
};

struct Request {
  std::string method;                        // "GET", "POST"
  std::string path;                          // "/v1/items"
  std::map<std::string, std::string> query;  // decoded
};
// "/v1/items?drive=b%21x&limit=10" taken apart. kMalformed for a lone "%" or a name given twice.
Result<Request> parse_request(std::string_view method, std::string_view target);
std::string to_target(const Request& request);  // the way back

struct Answer {
  unsigned status = 200;
  std::string json;
};
Answer error_answer(const Error& error);
// The error inside an answer that is not 2xx.
Error error_of(const Answer& answer);

// What only a running gateway knows, for /v1/status; absent when the command asks offline.
struct Running {
  std::string graph_listen;
  std::string backend;
  std::uint64_t connections = 0;
  std::uint64_t transfers = 0;
  std::uint64_t started_ms = 0;
  struct Proxy {         // the doors of hosts that know nothing of them
    std::string listen;  // empty: closed
    std::string redirect_listen;
    std::uint64_t tunnels = 0;      // open right now
    std::uint64_t intercepted = 0;  // connections opened, since the start
    std::uint64_t refused = 0;      // requests and connections, likewise
    bool is_on() const { return !listen.empty() || !redirect_listen.empty(); }
  } proxy;
  std::uint64_t workers = 0;  // threads that carry traffic
  std::string tls;            // whose AES the TLS records have: "ipsec-mb" or "openssl"
};

Answer answer(const Request& request, const Peer& peer, const Config& config,
              Installation& installation, const Running* running);

}  // namespace kerros::admin
