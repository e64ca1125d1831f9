#include "tools/sandbox/download.h"
#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/pages.h"
#include "tools/sandbox/renditions.h"

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kPutLimit = 262'144'000;  // exclusive

Reply redirect(GraphCall& call, std::string location) {
  Exchange& exchange = call.exchange;
  if (const auto elsewhere = exchange.switched("redirect.to")) {
    location = elsewhere->get<std::string>();
  }
  Reply reply = empty_reply(302);
  add_request_ids(exchange, reply);
  reply.set("Location", location);
  if (const auto form = exchange.switched("content.302.body")) {
    reply.set("Content-Type", "text/plain");
    if (*form == "chunked") {
      reply.framing = Framing::kChunked;
      reply.body = "Redirecting";
    } else if (*form == "close") {
      reply.framing = Framing::kUntilClose;
    }
  }
  return reply;
}

void check_readable(GraphCall& call, const Item& item) {
  if (item.folder) throw bad_request("The item is a folder");
  const auto format = call.target.query.find("format");
  if (format && !converts(extension_of(item.name), *format)) {
    throw Refusal(406, "notSupported", "The conversion is not supported");
  }
  if (call.exchange.switched("malware") && call.target.query.find("AVOverride") != "1") {
    throw Refusal(403, "malwareDetected", "Malware was detected", "virusSuspicious");
  }
}

void check_lock(GraphCall& call) {
  if (call.exchange.switched("lock")) {
    throw Refusal(423, "resourceLocked", "The resource you are attempting to access is locked");
  }
}

}  // namespace

Reply get_content(GraphCall& call) {
  Download direct;
  {
    const auto lock = call.store().lock();
    const Item& item = find_item(call);
    check_readable(call, item);
    const std::string none_match = call.header("If-None-Match");
    if (none_match == item.etag_text() || none_match == item.ctag_text()) return empty_reply(304);
    if (const auto format = call.target.query.find("format")) {
      return redirect(call, conversion_url(call.exchange, item, *format));
    }
    if (!call.exchange.switched("content.direct")) {
      return redirect(call, download_url(call.exchange, item, ""));
    }
    direct = snapshot(call.store(), item, item.current());
  }
  return send(call.exchange, direct);
}

Reply get_content_stream(GraphCall& call) {
  if (call.target.version != "beta") throw bad_request("Resource not found for the segment.");
  Download direct;
  {
    const auto lock = call.store().lock();
    const Item& item = find_item(call);
    check_readable(call, item);
    direct = snapshot(call.store(), item, item.current());
  }
  return send(call.exchange, direct);
}

Reply put_content(GraphCall& call) {
  Placement placement;
  {
    const auto lock = call.store().lock();
    placement = find_placement(call);
    placement.conflict = call.target.query.conflict_behavior();
    if (placement.conflict.empty()) placement.conflict = "replace";
    if (placement.conflict != "replace" && placement.conflict != "fail" &&
        placement.conflict != "rename") {
      throw bad_request("Invalid conflictBehavior");
    }
    check_lock(call);
    check_placement(call.store(), placement);
    if (call.store().session_on(placement.parent, placement.name) != nullptr) {
      throw name_exists("A file with the same name is currently being uploaded");
    }
  }
  const Arrived bytes = spool_body(call.exchange, kPutLimit);
  const auto lock = call.store().lock();
  try {
    const Committed done = commit(call.exchange, placement, bytes, call.caller.oid);
    const Drive& drive = *call.store().drive(placement.drive);
    Reply reply = json_reply(call.exchange, done.created ? 201 : 200,
                             item_json(call.exchange, *done.item, item_view(call, drive)));
    reply.set("ETag", done.item->etag_text());
    return reply;
  } catch (const Refusal&) {
    std::error_code ignored;
    std::filesystem::remove(bytes.file, ignored);
    throw;
  }
}

}  // namespace kerros::sandbox
