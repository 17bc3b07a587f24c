"""What reports come from: phones, trackers, drivers' links, message channels, sheets of paper."""
