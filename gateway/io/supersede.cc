#include "gateway/io/supersede.h"

#include "gateway/io/final_place.h"

namespace kerros::io {

namespace {

bool speaks_still(keystore::ItemState state) {
  return state == keystore::ItemState::kBound || state == keystore::ItemState::kUnverified ||
         state == keystore::ItemState::kSuspect;
}

}  // namespace

net::awaitable<void> supersede_sealed(Exchange& x, std::string_view answer_json) {
  const auto items = graph::find_items(answer_json);
  if (!items || items->empty()) co_return;
  note_final_place(x, items->front(), "");
  co_await supersede_item(x, items->front().drive_id, items->front().item_id);
}

net::awaitable<void> supersede_item(Exchange& x, std::string drive_id, std::string item_id) {
  const auto versions = x.store().versions(drive_id, item_id);
  if (!versions) throw_store_error(versions.error());
  for (const auto& version : *versions) {
    if (!speaks_still(version.state)) continue;
    Future<Status> changed(x.worker.executor, [&](auto done) {
      x.store().set_state(version.id, version.state, keystore::ItemState::kSuperseded,
                          std::move(done));
    });
    if (const Status status = co_await changed.get(); !status) throw_store_error(status.error());
  }
}

}  // namespace kerros::io
