"""Operations (运行): how a deployment is made, served, watched, backed up, upgraded and shown."""
