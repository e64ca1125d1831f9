#include "gateway/io/exchange/final_place.h"

namespace kerros::io {

namespace {

std::string class_name(std::string_view name) {
  return name.empty() ? "ordinary" : audit::as_field(name);
}

// Nothing where upstream does not say where it lies.
std::optional<std::string_view> class_found(const Exchange& x, const graph::FoundItem& item) {
  const policy::Rules& rules = x.config().policy;
  const policy::Place place{item.drive_id, item.item_id, item.place()};
  if (!policy::can_decide(rules, place)) return std::nullopt;
  const policy::Rule* rule = policy::match(rules, place);
  return rule ? std::string_view(rule->name) : std::string_view();
}

}  // namespace

bool lies_elsewhere(const Exchange& x, const graph::FoundItem& item, std::string_view decided) {
  return class_found(x, item).value_or(decided) != decided;
}

void note_final_place(const Exchange& x, const graph::FoundItem& item, std::string_view decided) {
  if (!lies_elsewhere(x, item, decided)) return;
  auto record = record_of(x, audit::Event::kPlaceDiffers,
                          "drive " + item.drive_id + " item " + item.item_id, "done");
  record.details.emplace_back("decided", class_name(decided));
  record.details.emplace_back("found", class_name(*class_found(x, item)));
  x.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

}  // namespace kerros::io
