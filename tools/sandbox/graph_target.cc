#include "tools/sandbox/graph_target.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/target_reader.h"

namespace kerros::sandbox {
namespace {

void begin_item(TargetReader& in, GraphTarget& out) {
  out.subject = Subject::kItem;
  if (in.front() == ':') out.steps = in.colon_path();
}

// items/{id}, special/{name} and their like, with what follows; a collection without a key is a
// relation.
void read_item(TargetReader& in, GraphTarget& out) {
  for (const char* collection : {"items", "bundles", "following", "special"}) {
    std::string key;
    if (!in.take(collection, key)) continue;
    if (key.empty()) {
      out.relation = {collection};
      return;
    }
    (collection == std::string_view("special") ? out.special : out.item) = key;
    return begin_item(in, out);
  }
  if (!in.take("root")) return;
  out.item = "root";
  begin_item(in, out);
}

// items[/{n}[/driveItem]] and items/delta below a list.
void read_list_item(TargetReader& in, GraphTarget& out) {
  out.subject = Subject::kList;
  std::string key;
  if (!in.take("items", key)) return;
  if (key.empty() || key.starts_with("delta")) {
    out.relation = {"items"};
    if (!key.empty()) out.relation.push_back(key);
    return;
  }
  out.list_item = key;
  out.subject = Subject::kListItem;
  if (in.take("driveItem")) begin_item(in, out);
}

void read_drive(TargetReader& in, GraphTarget& out) {
  if (in.take("drives", out.drive)) {
    if (out.drive.empty()) {
      out.relation = {"drives"};
      return;
    }
  } else if (!in.take("drive")) {
    return;
  }
  out.subject = Subject::kDrive;
  if (in.take("list")) {
    out.list = "-";
    return read_list_item(in, out);
  }
  read_item(in, out);
}

void read_list_or_drive(TargetReader& in, GraphTarget& out) {
  if (!in.take("lists", out.list)) return read_drive(in, out);
  if (out.list.empty()) {
    out.relation = {"lists"};
    return;
  }
  out.subject = Subject::kList;
  if (in.next_is("drive")) return read_drive(in, out);
  read_list_item(in, out);
}

void read_site(TargetReader& in, GraphTarget& out) {
  while (in.take("sites", out.site)) {
    out.subject = Subject::kSite;
    if (out.site.empty()) out.relation = {"sites"};
    if (in.front() == ':') {
      out.site_path.clear();
      for (const std::string& step : in.colon_path()) out.site_path += "/" + step;
      out.site_by_path = true;
    }
    if (in.take_call("getByPath", "path", out.site_path)) out.site_by_path = true;
  }
  if (out.subject == Subject::kSite) read_list_or_drive(in, out);
}

void read_team(TargetReader& in, GraphTarget& out) {
  out.subject = Subject::kGroup;
  if (in.take("channels")) {
    out.channel = in.segment_with_colons();
    out.relation = {"channels"};
  } else if (in.take("primaryChannel")) {
    out.channel = "General";
    out.relation = {"primaryChannel"};
  }
  if (out.channel.empty() || !in.take("filesFolder")) return;
  out.relation.clear();
  begin_item(in, out);
}

void read_share(TargetReader& in, GraphTarget& out) {
  out.subject = Subject::kShare;
  if (in.take("driveItem") || in.take("root")) {
    out.item = "root";
    begin_item(in, out);
  } else {
    read_item(in, out);
  }
}

void read_group(TargetReader& in, GraphTarget& out) {
  out.subject = Subject::kGroup;
  if (in.next_is("sites")) return read_site(in, out);
  read_drive(in, out);
}

void read_service(TargetReader& in, GraphTarget& out) {
  const bool self = in.take("me");
  if (self) out.user = "me";
  if (self || in.take("users", out.user)) {
    out.subject = Subject::kUser;
    read_drive(in, out);
  } else if (in.take("groups", out.group)) {
    read_group(in, out);
  } else if (in.take("teams", out.group)) {
    read_team(in, out);
  } else if (in.next_is("sites")) {
    read_site(in, out);
  } else if (in.take("shares", out.share)) {
    read_share(in, out);
  } else {
    read_list_or_drive(in, out);
  }
}

// children('{name}')/content is a step by name in OData clothes; children('@a')/content?@a='..'
// keeps the name in the query.
void unfold_child_keys(GraphTarget& out) {
  while (out.subject == Subject::kItem && !out.relation.empty()) {
    std::string name = key_form(out.relation.front(), "children");
    if (name.empty()) return;
    if (name.starts_with('@')) {
      const auto value = out.query.find(name);
      if (!value) throw bad_request("The query does not say what " + name + " is");
      name = without_quotes(*value);
    }
    out.steps.push_back(name);
    out.relation.erase(out.relation.begin());
  }
}

GraphTarget begin(std::string_view target) {
  GraphTarget out;
  const auto question = target.find('?');
  out.raw_path = target.substr(0, question);
  if (question != std::string_view::npos) out.query = Query(target.substr(question + 1));
  if (!out.raw_path.starts_with('/')) throw bad_request("The target is not in origin form");
  return out;
}

GraphTarget finish(TargetReader& in, GraphTarget out) {
  const std::vector<std::string> rest = in.remaining();
  out.relation.insert(out.relation.end(), rest.begin(), rest.end());
  unfold_child_keys(out);
  return out;
}

}  // namespace

GraphTarget parse_graph_target(std::string_view target) {
  GraphTarget out = begin(target);
  TargetReader in(out.raw_path);
  out.version = in.segment();
  if (out.version != "v1.0" && out.version != "beta") {
    throw Refusal(404, "ResourceNotFound", "Invalid version: " + out.version);
  }
  out.prefix = "/" + out.version;
  read_service(in, out);
  return finish(in, std::move(out));
}

std::size_t find_api(std::string_view path) {
  const auto at = lower_ascii(path).find("/_api/v2.");
  if (at == std::string::npos) return at;
  const std::string_view version = path.substr(at + 6);
  const bool known = version.starts_with("v2.0") || version.starts_with("v2.1");
  const bool ends = version.size() == 4 || (version.size() > 4 && version[4] == '/');
  return known && ends ? at : std::string_view::npos;
}

GraphTarget parse_tenant_target(std::string_view host, std::string_view target) {
  constexpr std::size_t kApi = 10;  // of "/_api/v2.0"
  GraphTarget out = begin(target);
  const std::size_t at = find_api(out.raw_path);
  if (at == std::string::npos) throw item_not_found();
  out.prefix = out.raw_path.substr(0, at + kApi);
  out.version = out.prefix.substr(at + 6);
  out.site = host;
  out.site_path = percent_decode(out.raw_path.substr(0, at)).value_or("");
  out.site_by_path = true;
  TargetReader in(out.raw_path.substr(at + kApi));
  read_service(in, out);
  return finish(in, std::move(out));
}

}  // namespace kerros::sandbox
