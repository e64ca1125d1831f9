#include "tools/sandbox/office_call.h"

#include <array>
#include <fstream>

#include "tools/sandbox/commit.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

bool is_file_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

// POST may stand in for another method.
std::string method_meant(const RequestHead& head) {
  const auto given = head.find("X-HTTP-Method");
  return head.method == "POST" && given ? *given : head.method;
}

// "_vti_bin/client.svc" is the same door as "_api".
std::string with_one_door(std::string path) {
  constexpr std::string_view kOlder = "/_vti_bin/client.svc/";
  const auto at = lower_ascii(path).find(kOlder);
  if (at != std::string::npos) path.replace(at, kOlder.size(), "/_api/");
  return path;
}

Reply dispatch(OfficeCall& call) {
  const std::string lower = lower_ascii(call.path);
  if (const auto api = lower.find("/_api/"); api != std::string::npos) {
    if (lower.ends_with("/_api/processquery")) return serve_csom(call);
    return serve_rest(call, std::string_view(call.path).substr(api + 6));
  }
  if (lower.ends_with("/_layouts/15/download.aspx")) return serve_download(call);
  if (lower.ends_with("/_layouts/15/push.aspx")) return serve_push(call);
  for (const std::string_view other : {"/_vti_bin/", "/_layouts/"}) {
    if (lower.find(other) != std::string::npos) throw item_not_found();
  }
  return is_file_read(call.exchange.head.method) ? serve_file(call) : serve_webdav(call);
}

}  // namespace

OfficeCall understand_office(Exchange& exchange) {
  const RequestHead& head = exchange.head;
  const auto question = head.target.find('?');
  const std::string raw = question == std::string::npos ? "" : head.target.substr(question + 1);
  OfficeCall call{exchange, identify_on_tenant(exchange), with_one_door(head.path()), Query(raw)};
  exchange.head.method = method_meant(head);
  return call;
}

Reply serve_office(Exchange& exchange) {
  if (auto spoilt = reply_by_switch(exchange, true)) return *spoilt;
  OfficeCall call = understand_office(exchange);
  Reply reply = dispatch(call);
  spoil_effective(exchange, reply, true);
  return reply;
}

void reach(const OfficeCall& call, const Item& item) {
  if (!may_reach(call.caller, *call.store().drive(item.drive))) throw access_denied();
}

ServerPlace reach(const OfficeCall& call, ServerPlace place) {
  if (place.drive == nullptr) throw item_not_found();
  if (!may_reach(call.caller, *place.drive)) throw access_denied();
  return place;
}

bool store_file(OfficeCall& call, const ServerPlace& place, const Arrived& bytes) {
  try {
    if (place.parent == nullptr) throw Refusal(409, "conflict", "The folder does not exist");
    check_name(call.exchange, call.store(), *place.parent, place.name);
    Placement wanted;
    wanted.drive = place.drive->id;
    wanted.parent = place.parent->id;
    wanted.name = place.name;
    wanted.conflict = "replace";
    wanted.if_match = call.header("If-Match");
    wanted.if_none_match = call.header("If-None-Match");
    wanted.by = call.caller.oid;
    return commit(call.exchange, wanted, bytes, call.caller.oid).created;
  } catch (const Refusal&) {
    std::error_code ignored;
    std::filesystem::remove(bytes.file, ignored);
    throw;
  }
}

Arrived no_bytes(OfficeCall& call) {
  Arrived nothing{call.store().incoming("empty-" + random_guid()), 0, QuickXor().base64_digest()};
  std::ofstream(nothing.file).flush();
  return nothing;
}

}  // namespace kerros::sandbox
