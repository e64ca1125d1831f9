#include "keystore/records.h"

namespace kerros::keystore {

const char* name(ItemState state) {
  switch (state) {
    case ItemState::kPending:
      return "pending";
    case ItemState::kBound:
      return "bound";
    case ItemState::kUnverified:
      return "unverified";
    case ItemState::kSuperseded:
      return "superseded";
    case ItemState::kSuspect:
      return "suspect";
    case ItemState::kVoid:
      return "void";
    case ItemState::kShredded:
      return "shredded";
  }
  return "unknown";
}

const char* name(KeyState state) {
  switch (state) {
    case KeyState::kPending:
      return "pending";
    case KeyState::kActive:
      return "active";
    case KeyState::kRetired:
      return "retired";
    case KeyState::kDestroyed:
      return "destroyed";
    case KeyState::kReplaced:
      return "replaced";
  }
  return "unknown";
}

}  // namespace kerros::keystore
