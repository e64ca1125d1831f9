// WebDAV at the tenant hosts: the same tree, by the URLs that browsers show.
#include <array>

#include "tools/sandbox/commit.h"
#include "tools/sandbox/office_call.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/webdav_xml.h"

namespace kerros::sandbox {
namespace {

constexpr std::size_t kLargestXml = 64 * 1024;

Reply xml_reply(OfficeCall& call, unsigned status, std::string body) {
  Reply reply = empty_reply(status);
  add_request_ids(call.exchange, reply);
  reply.set("Content-Type", "text/xml; charset=utf-8");
  reply.body = std::move(body);
  return reply;
}

ServerPlace here(const OfficeCall& call) {
  return reach(call, find_url_path(call.store(), call.host(), call.path));
}

Item& existing(const ServerPlace& place) {
  if (place.item == nullptr) throw item_not_found();
  return *place.item;
}

// Whoever changes a locked file says so in its If field.
void check_lock(OfficeCall& call, const Item& item) {
  check_unlocked(item, call.caller.oid);
  if (!call.exchange.cloud.webdav_locks.admits(item.id, call.header("If"))) {
    throw Refusal(423, "resourceLocked", "The file is locked");
  }
}

std::string read_xml(OfficeCall& call) {
  std::string text = read_text(call.exchange, kLargestXml);
  if (!text.empty() && !trim(text).starts_with('<')) throw bad_request("The body is not XML");
  return text;
}

Reply options(OfficeCall& call) {
  Reply reply = empty_reply(200);
  add_request_ids(call.exchange, reply);
  reply.set("DAV", "1,2");
  reply.set("MS-Author-Via", "DAV");
  reply.set("Allow", "GET, HEAD, OPTIONS, PUT, DELETE, MKCOL, COPY, MOVE, LOCK, UNLOCK, PROPFIND");
  return reply;
}

Reply propfind(OfficeCall& call) {
  const std::string depth = call.header("Depth");
  if (depth != "0" && depth != "1") {
    throw Refusal(403, "accessDenied", "Only a depth of 0 or 1 is answered");
  }
  read_xml(call);
  const auto lock = call.store().lock();
  Item& item = existing(here(call));
  std::vector<Item*> items = {&item};
  if (depth == "1" && item.folder) {
    for (Item* child : call.store().children(item)) items.push_back(child);
  }
  return xml_reply(call, 207, multistatus(call.store(), call.host(), items));
}

Reply put(OfficeCall& call) {
  constexpr std::uint64_t kLargestPut = 2'147'483'648;
  {
    const auto lock = call.store().lock();
    const ServerPlace place = here(call);
    if (place.item != nullptr && place.item->folder) throw Refusal(405, "notSupported", "A folder");
    if (place.item != nullptr) check_lock(call, *place.item);
    if (place.parent == nullptr) throw Refusal(409, "conflict", "The folder does not exist");
  }
  const Arrived bytes = spool_body(call.exchange, kLargestPut);
  const auto lock = call.store().lock();
  const bool created = store_file(call, here(call), bytes);
  Reply reply = empty_reply(created ? 201 : 204);
  add_request_ids(call.exchange, reply);
  reply.set("ETag", existing(here(call)).etag_text());
  return reply;
}

// A name that is locked before it exists becomes an empty file.
Reply lock_file(OfficeCall& call) {
  const std::string wish = read_xml(call);
  if (wish.find("write") == std::string::npos) throw bad_request("Only write locks are given");
  const auto lock = call.store().lock();
  const bool creates = here(call).item == nullptr;
  if (creates) store_file(call, here(call), no_bytes(call));
  Item& item = existing(here(call));
  const std::string token = call.exchange.cloud.webdav_locks.lock(item.id, call.caller.oid);
  if (token.empty()) throw Refusal(423, "resourceLocked", "The file is locked");
  Reply reply = xml_reply(call, creates ? 201 : 200,
                          lock_discovery(token, href_of(call.store(), call.host(), item)));
  reply.set("Lock-Token", "<" + token + ">");
  return reply;
}

Reply unlock_file(OfficeCall& call) {
  const auto lock = call.store().lock();
  const bool done =
      call.exchange.cloud.webdav_locks.unlock(existing(here(call)).id, call.header("Lock-Token"));
  if (!done) throw Refusal(409, "conflict", "That lock is not held");
  return empty_reply(204);
}

Reply make_folder(OfficeCall& call) {
  if (!read_text(call.exchange, kLargestXml).empty()) {
    throw Refusal(415, "notSupported", "MKCOL takes no body");
  }
  const auto lock = call.store().lock();
  const ServerPlace place = here(call);
  if (place.item != nullptr) throw Refusal(405, "notSupported", "It exists already");
  if (place.parent == nullptr) throw Refusal(409, "conflict", "The folder does not exist");
  check_name(call.exchange, call.store(), *place.parent, place.name);
  call.store().create(*place.parent, place.name, true, call.caller.oid);
  return empty_reply(201);
}

Reply remove(OfficeCall& call) {
  const auto lock = call.store().lock();
  const ServerPlace place = here(call);
  check_lock(call, existing(place));
  if (place.parent == nullptr) throw access_denied();
  call.store().remove(*place.item);
  return empty_reply(204);
}

// Of the same host, by its whole URL.
ServerPlace destination(const OfficeCall& call) {
  const std::string url = call.header("Destination");
  const std::string site = "https://" + call.host();
  if (!url.starts_with(site + "/")) throw Refusal(502, "badGateway", "Another host");
  const ServerPlace place = reach(
      call, find_url_path(call.store(), call.host(), std::string_view(url).substr(site.size())));
  if (place.parent == nullptr) throw Refusal(409, "conflict", "The folder does not exist");
  return place;
}

Reply move_or_copy(OfficeCall& call) {
  const auto lock = call.store().lock();
  Item& item = existing(here(call));
  const bool moves = call.exchange.head.method == "MOVE";
  if (moves) check_lock(call, item);
  const ServerPlace target = destination(call);
  check_name(call.exchange, call.store(), *target.parent, target.name);
  if (target.item == &item) throw Refusal(403, "accessDenied", "Source and destination are one");
  if (target.item != nullptr) {
    if (call.header("Overwrite") == "F") throw Refusal(412, "resourceModified", "It exists");
    check_lock(call, *target.item);
    call.store().remove(*target.item);
  }
  if (moves) {
    if (target.drive->id != item.drive) throw Refusal(502, "badGateway", "Another library");
    call.store().relocate(item, *target.parent, target.name);
    call.store().touch(item);
  } else {
    call.store().copy(item, *target.parent, target.name, false, call.caller.oid);
  }
  return empty_reply(target.item == nullptr ? 201 : 204);
}

struct Verb {
  std::string_view name;
  Reply (*handler)(OfficeCall&);
};

constexpr std::array kVerbs = {
    Verb{"OPTIONS", options}, Verb{"PROPFIND", propfind},  Verb{"PUT", put},
    Verb{"LOCK", lock_file},  Verb{"UNLOCK", unlock_file}, Verb{"MKCOL", make_folder},
    Verb{"DELETE", remove},   Verb{"MOVE", move_or_copy},  Verb{"COPY", move_or_copy},
};

}  // namespace

Reply serve_webdav(OfficeCall& call) {
  for (const Verb& verb : kVerbs) {
    if (verb.name == call.exchange.head.method) return verb.handler(call);
  }
  throw Refusal(405, "notSupported", "The method is not allowed here");
}

}  // namespace kerros::sandbox
