// POST /$batch: up to twenty requests in one, each answered as if it had come alone.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <set>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/graph_routes.h"

namespace kerros::sandbox {
namespace {

constexpr std::size_t kMostParts = 20;

struct Part {
  std::string id;
  Json request;
  std::vector<std::string> after;
  Json response;  // null until it was answered
};

class TextBody : public BodySource {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t n = std::min(size, text_.size() - at_);
    std::memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

Refusal malformed(const std::string& why) {
  return {400, "BadRequest", "Invalid batch payload format: " + why};
}

Part read_part(const Json& request) {
  if (!request.is_object()) throw malformed("a request is not an object");
  for (const char* key : {"id", "method", "url"}) {
    if (!request.contains(key) || !request[key].is_string() ||
        request[key].get_ref<const std::string&>().empty()) {
      throw malformed(std::string("a request has no ") + key);
    }
  }
  Part part{request["id"].get<std::string>(), request, {}, nullptr};
  if (request.contains("dependsOn") && !request["dependsOn"].is_null()) {
    part.after = request["dependsOn"].get<std::vector<std::string>>();
  }
  return part;
}

std::vector<Part> read_parts(const Json& body) {
  const Json requests = body.value("requests", Json());
  if (!requests.is_array() || requests.empty()) throw malformed("there are no requests");
  if (requests.size() > kMostParts) {
    throw Refusal(400, "BadRequest",
                  "Number of batch request steps exceeds the maximum value of 20.",
                  "maxItemCountExceeded");
  }
  std::vector<Part> parts;
  std::set<std::string> ids;
  for (const Json& request : requests) {
    parts.push_back(read_part(request));
    if (!ids.insert(parts.back().id).second) throw malformed("an id occurs twice");
  }
  for (const Part& part : parts) {
    for (const std::string& id : part.after) {
      if (id == part.id || !ids.contains(id)) throw malformed("dependsOn names no other request");
    }
  }
  return parts;
}

// Relative to the version of the batch; absolute only at our own door.
std::string target_of(const GraphCall& call, std::string url) {
  if (url.starts_with(call.base + "/")) url.erase(0, call.base.size());
  if (url.find("://") != std::string::npos && url.find("://") < url.find('?')) {
    throw bad_request("A request of a batch may not leave the service");
  }
  if (!url.starts_with('/')) url.insert(0, "/");
  if (url.substr(0, url.find('?')) == "/$batch") {
    throw bad_request("A batch may not hold another batch");
  }
  return call.base.substr(call.origin.size()) + url;
}

RequestHead head_of(const GraphCall& call, const Json& request) {
  RequestHead head;
  head.method = request.at("method").get<std::string>();
  head.target = target_of(call, request.at("url").get<std::string>());
  head.host = call.exchange.head.host;
  const Json headers = request.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    head.headers.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  if (!head.find("Authorization")) {
    head.headers.push_back({"Authorization", call.header("Authorization")});
  }
  return head;
}

// An object goes as JSON; a string stands for bytes, in base64.
std::string body_of(const Json& request, RequestHead& head) {
  const auto found = request.find("body");
  if (found == request.end() || found->is_null()) return {};
  const auto type = head.find("Content-Type");
  if (!type) throw bad_request("A request with a body needs a Content-Type header");
  std::string text = found->dump();
  if (found->is_string()) {
    auto bytes = from_base64(found->get<std::string>());
    if (!bytes) bytes = from_base64url(found->get<std::string>());
    if (!bytes) throw bad_request("The body is not base64");
    text = *bytes;
  } else if (!lower_ascii(*type).starts_with("application/json")) {
    throw bad_request("A body of that type has to be base64");
  }
  head.content_length = text.size();
  return text;
}

std::string bytes_of(const Reply& reply) {
  if (!reply.file) return reply.body;
  std::string out(reply.file->length, '\0');
  out.resize(reply.file->file->read_at(reply.file->offset, out.data(), out.size()));
  return out;
}

Json response_of(const Part& part, const Reply& reply) {
  static const std::set<std::string> kOuter = {"date", "request-id", "client-request-id"};
  Json headers = Json::object();
  bool is_json = false;
  for (const Header& header : reply.headers) {
    if (kOuter.contains(lower_ascii(header.name))) continue;
    headers[header.name] = header.value;
    if (equal_ignoring_case(header.name, "Content-Type")) {
      is_json = header.value.starts_with("application/json");
    }
  }
  Json out = {{"id", part.id}, {"status", reply.status}, {"headers", headers}};
  const std::string bytes = bytes_of(reply);
  if (!bytes.empty()) out["body"] = is_json ? Json::parse(bytes) : Json(base64(bytes));
  return out;
}

Json answer(GraphCall& call, const Part& part) {
  try {
    RequestHead head = head_of(call, part.request);
    TextBody body(body_of(part.request, head));
    Exchange inner{call.exchange.cloud, head, body, call.exchange.request_id};
    return response_of(part, serve_part(inner, call.door));
  } catch (const Refusal& refusal) {
    return response_of(part, error_reply(call.exchange, refusal, call.door == Door::kTenant));
  }
}

Json failed_dependency(GraphCall& call, const Part& part) {
  return response_of(
      part, error_reply(call.exchange,
                        {424, "FailedDependency", "A request that this one depends on has failed"},
                        false));
}

// Answers what may be answered now; false when nothing could move any more.
bool advance(GraphCall& call, std::vector<Part>& parts) {
  const auto named = [&](const std::string& id) -> const Part& {
    return *std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.id == id; });
  };
  bool moved = false;
  for (Part& part : parts) {
    const auto waits = [&](const std::string& id) { return named(id).response.is_null(); };
    const auto failed = [&](const std::string& id) {
      return named(id).response.at("status").get<int>() >= 400;
    };
    if (!part.response.is_null() || std::any_of(part.after.begin(), part.after.end(), waits)) {
      continue;
    }
    part.response = std::any_of(part.after.begin(), part.after.end(), failed)
                        ? failed_dependency(call, part)
                        : answer(call, part);
    moved = true;
  }
  return moved;
}

// The service promises no order; the switch takes the usual one away. Its value may be a seed.
void shuffle(GraphCall& call, std::vector<Json>& responses) {
  const auto seed = call.exchange.switched("batch.shuffle");
  if (!seed || responses.size() < 2) return;
  const std::vector<Json> before = responses;
  std::mt19937 random(seed->is_number() ? seed->get<std::uint32_t>() : 1);
  std::shuffle(responses.begin(), responses.end(), random);
  if (responses == before) std::rotate(responses.begin(), responses.begin() + 1, responses.end());
}

}  // namespace

Reply run_batch(GraphCall& call) {
  std::vector<Part> parts = read_parts(read_json(call.exchange));
  while (advance(call, parts)) {
  }
  std::vector<Json> responses;
  for (const Part& part : parts) {
    if (part.response.is_null()) throw malformed("the requests wait for each other");
    responses.push_back(part.response);
  }
  shuffle(call, responses);
  return json_reply(call.exchange, 200, {{"responses", responses}});
}

}  // namespace kerros::sandbox
