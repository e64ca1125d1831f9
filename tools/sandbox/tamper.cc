#include "tools/sandbox/tamper.h"

#include <stdexcept>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

using nlohmann::json;

std::string bytes_of(const json& how) {
  const auto bytes = from_base64(how.at("bytes").get<std::string>());
  if (!bytes) throw std::invalid_argument("'bytes' is not base64");
  return *bytes;
}

struct Stretch {
  std::size_t begin;
  std::size_t size;
};

Stretch chunk_at(const std::string& body, const json& how, const char* key) {
  const auto chunk = how.at("chunk").get<std::size_t>();
  const std::size_t begin =
      how.value("prefix", std::size_t{0}) + how.at(key).get<std::size_t>() * chunk;
  if (chunk == 0 || begin >= body.size()) throw std::invalid_argument("there is no such chunk");
  return {begin, std::min(chunk, body.size() - begin)};
}

std::string swap_chunks(const std::string& body, const json& how) {
  Stretch a = chunk_at(body, how, "a");
  Stretch b = chunk_at(body, how, "b");
  if (b.begin < a.begin) std::swap(a, b);
  if (a.begin == b.begin) throw std::invalid_argument("a chunk cannot be swapped with itself");
  const std::size_t a_end = a.begin + a.size;
  return body.substr(0, a.begin) + body.substr(b.begin, b.size) +
         body.substr(a_end, b.begin - a_end) + body.substr(a.begin, a.size) +
         body.substr(b.begin + b.size);
}

void check_inside(const std::string& body, std::size_t offset, std::size_t size) {
  if (offset > body.size() || size > body.size() - offset) {
    throw std::invalid_argument("the body is shorter than that");
  }
}

}  // namespace

std::string tampered(std::string body, const json& how, const std::string& other) {
  const auto op = how.at("op").get<std::string>();
  if (op == "flip") {
    const auto offset = how.at("offset").get<std::size_t>();
    check_inside(body, offset, 1);
    body[offset] = static_cast<char>(body[offset] ^ how.value("mask", 1));
  } else if (op == "truncate") {
    check_inside(body, how.at("size").get<std::size_t>(), 0);
    body.resize(how.at("size").get<std::size_t>());
  } else if (op == "append") {
    body += bytes_of(how);
  } else if (op == "replace_bytes") {
    const std::string bytes = bytes_of(how);
    check_inside(body, how.at("offset").get<std::size_t>(), bytes.size());
    body.replace(how.at("offset").get<std::size_t>(), bytes.size(), bytes);
  } else if (op == "drop_chunk" || op == "dup_chunk") {
    const Stretch at = chunk_at(body, how, "index");
    if (op == "drop_chunk") {
      body.erase(at.begin, at.size);
    } else {
      body.insert(at.begin, body.substr(at.begin, at.size));
    }
  } else if (op == "swap_chunks") {
    body = swap_chunks(body, how);
  } else if (op == "body_of_item" || op == "older_version") {
    body = other;
  } else if (op == "header_of_item") {
    const auto length = how.at("length").get<std::size_t>();
    check_inside(body, 0, length);
    check_inside(other, 0, length);
    body.replace(0, length, other.substr(0, length));
  } else if (op == "html") {
    body = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>\n";
  } else {
    throw std::invalid_argument("no operation is called '" + op + "'");
  }
  return body;
}

}  // namespace kerros::sandbox
