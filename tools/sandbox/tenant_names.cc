#include "tools/sandbox/tenant_names.h"

#include <algorithm>
#include <array>

namespace kerros::sandbox {
namespace {

std::string tenant_name(const std::string& key) {
  static constexpr std::array<std::pair<const char*, const char*>, 3> kNames = {{
      {"@microsoft.graph.downloadUrl", "@content.downloadUrl"},
      {"@microsoft.graph.sourceUrl", "@content.sourceUrl"},
      {"@microsoft.graph.conflictBehavior", "@name.conflictBehavior"},
  }};
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const auto& entry) { return key == entry.first; });
  return found == kNames.end() ? key : found->second;
}

}  // namespace

Json with_tenant_names(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& each : value) out.push_back(with_tenant_names(each));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [key, each] : value.items()) {
    std::string name = tenant_name(key);
    // Of the facet folder: view here, folderView there.
    if (key == "view" && each.is_object() && each.contains("viewType")) name = "folderView";
    out[name] = with_tenant_names(each);
  }
  return out;
}

void use_tenant_names(Reply& reply) {
  const bool is_json =
      std::any_of(reply.headers.begin(), reply.headers.end(), [](const Header& header) {
        return equal_ignoring_case(header.name, "Content-Type") &&
               header.value.starts_with("application/json");
      });
  if (!is_json || reply.body.empty() || reply.file) return;
  reply.body = with_tenant_names(Json::parse(reply.body)).dump();
}

}  // namespace kerros::sandbox
