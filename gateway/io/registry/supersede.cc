#include "gateway/io/registry/supersede.h"

#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/final_place.h"
#include "gateway/io/exchange/place.h"

namespace kerros::io {

namespace {

using keystore::ItemRecord;

std::vector<ItemRecord> speaking_versions(const Exchange& x, const std::string& drive_id,
                                          const std::string& item_id) {
  auto versions = x.store().versions(drive_id, item_id);
  if (!versions) throw_store_error(versions.error());
  std::erase_if(*versions, [](const ItemRecord& version) { return !says_sealed(version.state); });
  return *std::move(versions);
}

net::awaitable<void> record_stranger(Exchange& x, const graph::FoundItem& item,
                                     const policy::Place& named) {
  auto record =
      record_of(x, audit::Event::kPlaceDiffers, "drive " + item.drive_id + " item " + item.item_id,
                "ignored: the answer names an item that was not addressed");
  record.details.emplace_back("addressed", audit::as_field(audit_target(x, named)));
  auto appended = append_audit(x, std::move(record));
  co_await await_audit(appended);
}

}  // namespace

net::awaitable<void> supersede_sealed(Exchange& x, std::string_view answer_json,
                                      std::vector<policy::Place> named) {
  const auto items = graph::find_items(answer_json);
  if (!items || items->empty()) co_return;
  graph::FoundItem item = items->front();
  note_final_place(x, item, "");
  if (item.drive_id.empty()) item.drive_id = named.front().drive_id;
  const auto versions = speaking_versions(x, item.drive_id, item.item_id);
  if (versions.empty()) co_return;
  if (!is_addressed(named, versions.front().binding))
    co_return co_await record_stranger(x, item, named.front());
  co_await supersede_item(x, item.drive_id, item.item_id);
}

net::awaitable<void> supersede_item(Exchange& x, std::string drive_id, std::string item_id) {
  for (const ItemRecord& version : speaking_versions(x, drive_id, item_id)) {
    Future<Status> changed(x.worker.executor, [&](auto done) {
      x.store().set_state(version.id, version.state, keystore::ItemState::kSuperseded,
                          std::move(done));
    });
    if (const Status status = co_await changed.get(); !status) throw_store_error(status.error());
  }
}

}  // namespace kerros::io
