#include "tools/sandbox/graph_target.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

std::string decode_syntax(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string triplet = lower_ascii(path.substr(i, 3));
    if (triplet == "%3a" || triplet == "%2f") {
      out.push_back(triplet == "%3a" ? ':' : '/');
      i += 2;
    } else {
      out.push_back(path[i]);
    }
  }
  return out;
}

std::string decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) throw bad_request("The path has a malformed percent-encoding");
  if (decoded->find('\0') != std::string::npos) throw bad_request("The path has a NUL");
  return *decoded;
}

// drives('x') is drives/x, by the convention of OData keys.
std::string key_form(std::string_view segment, std::string_view collection) {
  const std::string head = std::string(collection) + "('";
  if (!segment.starts_with(head) || !segment.ends_with("')")) return {};
  std::string key(segment.substr(head.size(), segment.size() - head.size() - 2));
  for (auto at = key.find("''"); at != std::string::npos; at = key.find("''", at + 1)) {
    key.erase(at, 1);
  }
  return key;
}

class Reader {
 public:
  explicit Reader(std::string_view path) : rest_(path) {}

  bool done() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  // The next segment, up to '/' or ':'. A leading slash is eaten.
  std::string segment() {
    if (front() == '/') rest_.erase(0, 1);
    const auto end = rest_.find_first_of("/:");
    std::string out = rest_.substr(0, end);
    rest_.erase(0, out.size());
    return decode(out);
  }

  bool take(std::string_view collection, std::string& key) {
    const std::string saved = rest_;
    const std::string word = segment();
    if (word == collection) {
      key = segment();
      return true;
    }
    key = key_form(word, collection);
    if (!key.empty()) return true;
    rest_ = saved;
    return false;
  }

  bool take(std::string_view word) {
    const std::string saved = rest_;
    if (segment() == word) return true;
    rest_ = saved;
    return false;
  }

  // ":/a/b" and ":/a/b:" after an item.
  std::vector<std::string> colon_path() {
    rest_.erase(0, 1);
    const auto close = rest_.find(':');
    const std::string path = rest_.substr(0, close);
    rest_.erase(0, close == std::string::npos ? rest_.size() : close + 1);
    if (!path.starts_with('/')) throw bad_request("A path after a colon begins with a slash");
    if (!rest_.empty() && rest_.front() != '/') {
      throw bad_request("Only a slash may follow the closing colon");
    }
    return names_of(std::string_view(path).substr(1));
  }

  std::vector<std::string> remaining() {
    std::vector<std::string> out;
    while (!done()) {
      if (front() == ':') throw bad_request("The path has a colon where none may be");
      std::string part = segment();
      if (!part.empty()) out.push_back(std::move(part));
    }
    return out;
  }

 private:
  static std::vector<std::string> names_of(std::string_view path) {
    std::vector<std::string> names;
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty()) return names;
    for (const std::string& raw : split(path, '/')) {
      const std::string name = decode(raw);
      if (name == ".") continue;
      if (name.empty() || name == "..") throw bad_request("The path has an empty or upward step");
      names.push_back(name);
    }
    return names;
  }

  std::string rest_;
};

void read_item(Reader& in, GraphTarget& out) {
  std::string key;
  if (in.take("items", key)) {
    out.item = key;
  } else if (in.take("root")) {
    out.item = "root";
  } else {
    return;
  }
  out.subject = Subject::kItem;
  if (in.front() == ':') out.steps = in.colon_path();
}

void read_drive(Reader& in, GraphTarget& out) {
  std::string key;
  if (in.take("drives", key)) {
    if (key.empty()) {
      out.relation = {"drives"};
      return;
    }
    out.drive = key;
  } else if (!in.take("drive")) {
    return;
  }
  out.subject = Subject::kDrive;
  read_item(in, out);
}

// children('{name}')/content is a step by name in OData clothes.
void unfold_child_keys(GraphTarget& out) {
  while (out.subject == Subject::kItem && !out.relation.empty()) {
    const std::string name = key_form(out.relation.front(), "children");
    if (name.empty()) return;
    out.steps.push_back(name);
    out.relation.erase(out.relation.begin());
  }
}

}  // namespace

GraphTarget parse_graph_target(std::string_view target) {
  GraphTarget out;
  const auto question = target.find('?');
  out.raw_path = target.substr(0, question);
  if (question != std::string_view::npos) out.query = Query(target.substr(question + 1));
  if (!out.raw_path.starts_with('/')) throw bad_request("The target is not in origin form");

  Reader in(decode_syntax(out.raw_path));
  out.version = in.segment();
  if (out.version != "v1.0" && out.version != "beta") {
    throw Refusal(404, "ResourceNotFound", "Invalid version: " + out.version);
  }
  if (in.take("me")) {
    out.user = "me";
    out.subject = Subject::kUser;
  } else if (in.take("users", out.user)) {
    out.subject = Subject::kUser;
  } else if (in.take("sites", out.site)) {
    out.subject = Subject::kSite;
  }
  read_drive(in, out);
  const std::vector<std::string> rest = in.remaining();
  out.relation.insert(out.relation.end(), rest.begin(), rest.end());
  unfold_child_keys(out);
  return out;
}

}  // namespace kerros::sandbox
