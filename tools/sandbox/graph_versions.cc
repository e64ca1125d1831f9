#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

const Version& find_version(const GraphCall& call, const Item& item) {
  const std::string& label = call.target.relation[1];
  const auto found = std::find_if(item.versions.begin(), item.versions.end(),
                                  [&](const Version& v) { return v.label == label; });
  if (found == item.versions.end()) throw item_not_found();
  return *found;
}

}  // namespace

Reply list_versions(GraphCall& call) {
  const auto lock = call.store().lock();
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("versions")},
                     {"value", versions_json(call, find_item(call))}});
}

Reply get_version(GraphCall& call) {
  const auto lock = call.store().lock();
  return json_reply(call.exchange, 200,
                    version_json(call.exchange, find_version(call, find_item(call))));
}

Reply get_version_content(GraphCall& call) {
  const auto lock = call.store().lock();
  const Item& item = find_item(call);
  const Version& version = find_version(call, item);
  if (&version == &item.current()) {
    throw bad_request("You cannot get the content of the current version");
  }
  Reply reply = empty_reply(302);
  add_request_ids(call.exchange, reply);
  reply.set("Location", download_url(call.exchange, item, version.label));
  return reply;
}

Reply restore_version(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  check_unlocked(item, call.caller.oid);
  const Version old = find_version(call, item);
  Arrived bytes{call.store().incoming("restore-" + call.exchange.request_id), old.size, old.hash};
  std::filesystem::copy_file(call.store().blob(old), bytes.file);
  call.store().add_version(item, bytes, call.caller.oid);
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

Reply delete_version(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  check_unlocked(item, call.caller.oid);
  const Version& version = find_version(call, item);
  if (&version == &item.current()) throw bad_request("You cannot delete the current version");
  call.store().drop_version(item, static_cast<std::size_t>(&version - item.versions.data()));
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

}  // namespace kerros::sandbox
