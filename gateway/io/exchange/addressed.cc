#include "gateway/io/exchange/addressed.h"

namespace kerros::io {

policy::Place addressed(const Exchange& x, policy::Place decided) {
  return policy::addressed(x.route.target.item, std::move(decided));
}

bool is_addressed(std::span<const policy::Place> named, const keystore::Binding& record) {
  graph::FoundItem item;
  item.name = record.name;
  item.parent_path = record.path;
  return policy::is_addressed(named, {record.drive_id, record.item_id, item.place()});
}

void require_name(std::string_view name) {
  if (name.find_first_of("/\\") != std::string_view::npos)
    throw Refused{graph::Refusal::kMalformedRequest, "", "a name that is a path"};
}

}  // namespace kerros::io
