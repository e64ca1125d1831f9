// The query of a target: options by name, with and without the dollar sign.
//
// Thread safety: immutable after construction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerros::sandbox {

class Query {
 public:
  struct Option {
    std::string name;       // decoded, without a leading '$'
    std::string raw_value;  // as received
  };

  Query() = default;
  explicit Query(std::string_view raw);

  std::optional<std::string> find(std::string_view name) const;      // decoded once
  std::optional<std::string> find_raw(std::string_view name) const;  // as received
  // "replace", "fail", "rename" or what else was sent; empty when absent. Both spellings count.
  std::string conflict_behavior() const;
  // "$select=a,b" as a list; empty when absent.
  std::vector<std::string> list(std::string_view name) const;
  const std::string& raw() const { return raw_; }
  // Everything but the named option, as received; for links to the next page.
  std::string without(std::string_view name) const;

 private:
  std::string raw_;
  std::vector<Option> options_;
};

std::vector<std::string> split(std::string_view text, char separator);

}  // namespace kerros::sandbox
