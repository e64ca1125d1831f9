#include "gateway/graph/batch_part.h"

#include <algorithm>
#include <array>

#include "crypto/secret.h"
#include "gateway/graph/classify.h"

namespace kerros::graph {
namespace {

constexpr std::size_t kLongestId = 256;
constexpr std::array<Method, 5> kMethods{Method::kGet, Method::kPut, Method::kPost, Method::kPatch,
                                         Method::kDelete};
// Belong to a connection; a part of a batch has none.
constexpr std::array<std::string_view, 8> kOfConnections{"Connection", "Content-Length",   "Expect",
                                                         "Host",       "Keep-Alive",       "TE",
                                                         "Trailer",    "Transfer-Encoding"};
// Of the request that carries the batch, where the part has none of its own.
constexpr std::array<std::string_view, 3> kInherited{"Authorization", "SdkVersion", "User-Agent"};

bool is_in(const auto& list, std::string_view name) {
  return std::ranges::any_of(list, [&](std::string_view one) { return same_name(one, name); });
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 9110 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

// What a JSON string can hold and a head cannot: above all the end of a line.
bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x20 && octet != 0x7f) || c == '\t';
  });
}

bool is_request_target(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool begins_with_scheme(std::string_view url) {
  const std::size_t end = url.find_first_of(":/?");
  return end != std::string_view::npos && url[end] == ':';
}

// The path of an absolute URL to a host that means Graph here.
Result<std::string> absolute_target(std::string_view url, const BatchOuter& outer) {
  constexpr std::string_view kScheme = "https://";
  if (!same_name(url.substr(0, kScheme.size()), kScheme))
    return fail(ErrorCode::kMalformed, "An absolute url in a batch must use https.");
  url.remove_prefix(kScheme.size());
  const std::string_view host = url.substr(0, url.find('/'));
  const std::string_view path = url.substr(host.size());
  if (!is_in(outer.hosts, host))
    return fail(ErrorCode::kMalformed, "An absolute url in a batch names another host.");
  if (!path.starts_with("/v1.0/") && !path.starts_with("/beta/"))
    return fail(ErrorCode::kMalformed, "An absolute url in a batch must name a version.");
  return std::string(path);
}

Result<std::string> target_of(std::string_view url, const BatchOuter& outer) {
  if (!is_request_target(url))
    return fail(ErrorCode::kMalformed, "A url in the batch is empty or not percent-encoded.");
  if (begins_with_scheme(url)) return absolute_target(url, outer);
  std::string target = "/" + std::string(outer.version);
  if (!url.starts_with('/')) target.push_back('/');
  return target.append(url);
}

}  // namespace

bool is_json_type(std::string_view type) {
  const std::string_view media = trimmed(type.substr(0, type.find(';')));
  return same_name(media, "application/json") || same_name(media, "text/json") ||
         (media.size() > 5 && same_name(media.substr(media.size() - 5), "+json"));
}

bool is_of_connection(std::string_view name) { return is_in(kOfConnections, name); }

BatchPart::~BatchPart() { crypto::wipe(body); }

Result<BatchDraft> BatchPartReader::read(Span request) {
  if (!text_.is_object(request))
    return fail(ErrorCode::kMalformed, "A request of the batch is not an object.");
  const Members members = text_.members(request);
  BatchDraft draft;
  for (auto step :
       {&BatchPartReader::read_id, &BatchPartReader::read_line, &BatchPartReader::read_fields,
        &BatchPartReader::read_body, &BatchPartReader::read_waits})
    if (const auto done = (this->*step)(members, draft); !done) return tl::unexpected(done.error());
  // Names are decoded there: "%24batch" is $batch.
  const auto route = classify(draft.part.head);
  if (route && route->operation == Operation::kBatch)
    return fail(ErrorCode::kMalformed, "A batch cannot hold another batch.");
  return draft;
}

// Absent and null are the same.
const Member* BatchPartReader::find(std::span<const Member> members, std::string_view name) const {
  const Member* member = last_member(members, name);
  return member == nullptr || text_.raw(member->value) == "null" ? nullptr : member;
}

Status BatchPartReader::read_id(std::span<const Member> members, BatchDraft& draft) {
  const Member* id = find(members, "id");
  if (id != nullptr) draft.name = text_.string_of(id->value);
  if (draft.name.empty() || draft.name.size() > kLongestId)
    return fail(ErrorCode::kMalformed,
                "Each request of a batch needs an id, a string of 1 to 256 octets.");
  draft.part.id = text_.raw(id->value);
  return {};
}

Status BatchPartReader::read_line(std::span<const Member> members, BatchDraft& draft) {
  RequestHead& head = draft.part.head;
  const Member* method = find(members, "method");
  if (method != nullptr) head.method_token = text_.string_of(method->value);
  head.method = method_of(head.method_token);
  if (std::ranges::find(kMethods, head.method) == kMethods.end())
    return fail(ErrorCode::kMalformed,
                "The method of a request in a batch is GET, PUT, POST, PATCH or DELETE.");
  const Member* url = find(members, "url");
  auto target = target_of(url == nullptr ? std::string() : text_.string_of(url->value), outer_);
  if (!target) return tl::unexpected(target.error());
  head.target = *std::move(target);
  return {};
}

// The bound stands before every look back at the names so far, which would be quadratic otherwise.
Status BatchPartReader::read_fields(std::span<const Member> members, BatchDraft& draft) {
  constexpr std::size_t kLine = 4;  // ": " and the end of the line
  const auto too_long = [] {
    return fail(ErrorCode::kMalformed,
                "The url and headers of a request in the batch are too long.");
  };
  Fields& fields = draft.part.head.fields;
  std::size_t octets = draft.part.head.target.size();
  if (octets > outer_.head_limit) return too_long();
  if (const Member* headers = find(members, "headers")) {
    if (!text_.is_object(headers->value))
      return fail(ErrorCode::kMalformed, "The headers of a request in a batch are an object.");
    for (const Member& member : text_.members(headers->value)) {
      const std::string value = text_.string_of(member.value);
      octets += member.name.size() + value.size() + kLine;
      if (octets > outer_.head_limit) return too_long();
      if (!text_.is_string(member.value) || !is_token(member.name) || !is_field_value(value))
        return fail(ErrorCode::kMalformed, "A header in the batch is not a name and a string.");
      if (fields.count(member.name) > 0)
        return fail(ErrorCode::kMalformed, "A header in the batch is given twice.");
      fields.add(std::string(member.name), std::string(trimmed(value)));
    }
  }
  return settle_fields(fields);
}

Status BatchPartReader::settle_fields(Fields& fields) const {
  for (const std::string_view name : kOfConnections) fields.remove(name);
  const auto own = fields.find("Authorization");
  if (own && own != outer_.fields.find("Authorization"))
    return fail(ErrorCode::kMalformed,
                "A request in the batch brings another access token than the batch itself.");
  for (const std::string_view name : kInherited)
    if (const auto value = outer_.fields.find(name); value && fields.count(name) == 0)
      fields.add(std::string(name), std::string(*value));
  return {};
}

// An object is JSON and a string is base64, whatever else would fit.
Status BatchPartReader::read_body(std::span<const Member> members, BatchDraft& draft) {
  const Member* body = find(members, "body");
  if (body == nullptr) return {};
  Fields& fields = draft.part.head.fields;
  const auto type = fields.find("Content-Type");
  const std::string_view raw = text_.raw(body->value);
  if (text_.is_string(body->value)) {
    if (!type || is_json_type(*type))
      return fail(ErrorCode::kMalformed,
                  "A body that is a string is base64 and needs a Content-Type that is not JSON.");
    return read_base64(body->value, draft.part.body);
  }
  if (raw.front() != '{' && raw.front() != '[')
    return fail(ErrorCode::kMalformed, "A body in the batch is neither JSON nor base64.");
  if (type && !is_json_type(*type))
    return fail(ErrorCode::kMalformed, "A JSON body in the batch has another Content-Type.");
  if (!type) fields.add("Content-Type", "application/json");
  draft.part.body.assign(raw.begin(), raw.end());
  return {};
}

Status BatchPartReader::read_base64(Span value, Bytes& body) const {
  std::string text = text_.string_of(value);  // some writers escape '/'
  auto bytes = from_base64(text);
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!bytes) return fail(ErrorCode::kMalformed, "A body in the batch is not base64.");
  body = *std::move(bytes);
  return {};
}

Status BatchPartReader::read_waits(std::span<const Member> members, BatchDraft& draft) {
  const Member* waits = find(members, "dependsOn");
  if (waits == nullptr) return {};
  const auto elements = text_.elements(waits->value);
  if (text_.raw(waits->value).front() != '[' || elements.size() > kMostBatchParts)
    return fail(ErrorCode::kMalformed, "dependsOn is an array of at most 20 ids.");
  for (const Span element : elements) {
    if (!text_.is_string(element))
      return fail(ErrorCode::kMalformed, "dependsOn is an array of at most 20 ids.");
    draft.waits_for.push_back(text_.string_of(element));
  }
  return {};
}

}  // namespace kerros::graph
