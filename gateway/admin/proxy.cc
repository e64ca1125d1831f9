// The noun proxy: what an administrator changes about the proxy doors, on record.
//
// Authority and users are files that the command writes with the rights of who runs it; here they
// are announced before and confirmed after, so that a change without a record cannot be.
#include <algorithm>
#include <array>

#include "gateway/admin/noun.h"

namespace kerros::admin {
namespace {

struct Change {
  std::string_view name;
  audit::Event event;
};
constexpr std::array<Change, 4> kChanges = {{{"ca-init", audit::Event::kProxyCaChanged},
                                             {"ca-import", audit::Event::kProxyCaChanged},
                                             {"user-add", audit::Event::kProxyUsersChanged},
                                             {"user-remove", audit::Event::kProxyUsersChanged}}};

}  // namespace

Result<Json> record_proxy_change(const Context& context) {
  const auto name = option(context.request, "change");
  const auto* change = std::ranges::find(kChanges, name, &Change::name);
  const auto target = option(context.request, "target");
  if (change == kChanges.end() || target.empty())
    return complain(ErrorCode::kMalformed, "change and target must be given",
                    "the log keeps a closed list of changes, and what each is about", "");
  const auto intent = number_option(context.request, "intent", 0, context.installation.log->size());
  if (!intent) return tl::unexpected(intent.error());
  auto record = record_of(context, change->event, target);
  record.details.emplace_back("change", name);
  if (const auto detail = option(context.request, "detail"); !detail.empty())
    record.details.emplace_back("detail", audit::as_field(detail));
  record.intent = *intent;
  record.status = *intent == 0 ? "intent" : audit::as_field(option(context.request, "outcome"));
  const auto position = append(context, std::move(record));
  if (!position) return tl::unexpected(position.error());
  return Json{{"position", *position}};
}

}  // namespace kerros::admin
