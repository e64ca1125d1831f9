// The noun key: unit keys and their versions, never the keys themselves.
#include "gateway/admin/noun.h"

namespace kerros::admin {

Result<Json> list_keys(const Context& context) {
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, "/v1/keys"); !ok)
    return tl::unexpected(ok.error());
  auto keys = Json::array();
  for (const auto& key : context.installation.store->unit_keys())
    keys.push_back({{"unit", key.unit_name},
                    {"unit_id", to_hex(key.unit)},
                    {"version", key.version},
                    {"key_id", to_hex(key.kek)},
                    {"state", keystore::name(key.state)},
                    {"created", time_or_null(key.created)}});
  return Json{{"keys", std::move(keys)}};
}

}  // namespace kerros::admin
