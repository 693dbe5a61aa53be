#include "everything.hpp"

int other_unit() { return -tepui::version_major; }
