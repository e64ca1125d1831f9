// Checkout and its ends; following.
#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Reply done(GraphCall& call) {
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

Item& own_checkout(const GraphCall& call) {
  Item& item = find_item(call);
  check_unlocked(item, call.caller.oid);
  if (item.checked_out_by.empty()) throw bad_request("The file is not checked out");
  return item;
}

void end_checkout(Store& store, Item& item) {
  item.checked_out_by.clear();
  item.checked_out_at = 0;
  store.touch(item);
}

}  // namespace

Reply checkout_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  if (item.folder) throw bad_request("A folder cannot be checked out");
  check_unlocked(item, call.caller.oid);
  if (item.checked_out_by.empty()) {
    item.checked_out_by = call.caller.oid;
    item.checked_out_at = item.versions.size();
    call.store().touch(item);
  }
  return done(call);
}

Reply checkin_item(GraphCall& call) {
  read_json(call.exchange);
  const auto lock = call.store().lock();
  end_checkout(call.store(), own_checkout(call));
  return done(call);
}

Reply discard_checkout(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = own_checkout(call);
  while (item.versions.size() > std::max<std::size_t>(item.checked_out_at, 1)) {
    call.store().drop_version(item, item.versions.size() - 1);
  }
  end_checkout(call.store(), item);
  return done(call);
}

Reply follow_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  if (std::find(item.followers.begin(), item.followers.end(), call.caller.oid) ==
      item.followers.end()) {
    item.followers.push_back(call.caller.oid);
    call.store().persist(item);
  }
  return item_reply(call, item, 200);
}

Reply unfollow_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  std::erase(item.followers, call.caller.oid);
  call.store().persist(item);
  return done(call);
}

}  // namespace kerros::sandbox
